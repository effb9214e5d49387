// What everybody needs who is signed in, as one chunk: a visitor at the sign-in page does not wait for it.

export { ChatPage } from "@/features/chat/chat-page";
export { NewChatPage } from "@/features/chat/new-chat-page";
export { ForbiddenPage } from "./forbidden-page";
export { Shell } from "./shell";
