// What the chat says.

import type { Outcome } from "@/api/types";

export const texts = {
  newConversation: "New conversation",
  newChat: "New chat",
  greeting: (name: string) => (name ? `What is on your mind, ${name}?` : "What is on your mind?"),
  greetingLead: "Just start typing, or begin with one of these.",
  suggestions: [
    {
      icon: "book",
      title: "Explain something",
      question: "Explain how public-key cryptography works, with an everyday comparison, in under 200 words.",
      teaches: "Say how long and for whom.",
    },
    {
      icon: "code",
      title: "Write some code",
      question:
        "Write a Python function that groups a list of dates by week, with type hints and a short test.",
      teaches: "Code comes coloured, ready to copy.",
    },
    {
      icon: "table",
      title: "Compare options",
      question:
        "Compare SQLite and PostgreSQL for a small team's web application, as a table with a recommendation.",
      teaches: "Ask for a table, get a table.",
    },
    {
      icon: "pencil",
      title: "Improve a text",
      question: "Make this friendlier and half as long: ",
      teaches: "Paste your text after the colon.",
    },
  ] as const,
  composer: {
    label: "Message",
    placeholder: "Ask anything",
    send: "Send message",
    stop: "Stop answering",
    cancel: "Cancel sending",
    stopping: "Stopping…",
    hint: "Enter sends, Shift+Enter starts a new line",
    hintRunning: "Esc stops",
    queue: "Queue message",
    hintQueue: "Enter queues this behind the answer, Esc stops",
    attach: "Add pictures",
    attachHint: "Add pictures. Pasting and dropping work too.",
    drop: "Drop pictures to add them",
    detach: (name: string) => `Remove ${name}`,
    attachments: "Pictures to send",
    attachRefused: (names: string) => `Not added: ${names}. Up to eight pictures that a browser can read.`,
    tooLong: (over: string) => `Too long by ${over} characters.`,
  },
  models: {
    label: "Model",
    choose: (name: string) => `Model: ${name}`,
    demo: "Demo",
    context: "tokens of context",
  },
  messages: {
    list: "Messages",
    yours: "You said",
    theirs: "Answer",
    older: "Show earlier messages",
    jump: "Jump to latest",
    writing: "Writing…",
    thinking: "Thinking…",
    sending: "Sending…",
    queued: "Waits its turn",
    cancelQueued: "Cancel",
    picture: (place: number) => `Picture ${place}`,
    pictureFailed: "This picture could not be loaded.",
  },
  versions: {
    label: "Versions",
    earlier: "Earlier version",
    later: "Later version",
    place: (place: number, count: number) => `${place}/${count}`,
    placeSpoken: (place: number, count: number) => `Version ${place} of ${count}`,
  },
  edit: {
    start: "Edit question",
    field: "Edited question",
    send: "Send",
    cancel: "Cancel",
    hint: "Sends a new version; this one is kept.",
  },
  again: {
    label: "Answer again",
    with: (model: string) => `With ${model}`,
    continue: "Continue",
  },
  thinking: {
    live: "Thinking",
    done: "Thoughts",
    doneIn: (duration: string) => `Thought for ${duration}`,
  },
  tools: {
    label: "Tools used",
    running: "Running",
    done: "Done",
    failed: "Failed",
    using: (name: string) => `Using ${name}…`,
    arguments: "Asked with",
    result: "Result",
  },
  fallback: (answered: string, failed: string) =>
    `Answered by ${answered}, because ${failed} was not available.`,
  context: {
    open: "Context",
    of: (tokens: string, budget: string) => `${tokens} of ${budget}`,
    spoken: (tokens: string, budget: string) => `Context: ${tokens} of ${budget} tokens`,
  },
  slowUpdates: "Live updates are blocked on this network: checking again and again.",
  announce: {
    started: "The answer has started.",
    ended: {
      finished: "The answer is complete.",
      stopped: "The answer was stopped.",
      failed: "The answer failed.",
      interrupted: "The answer was interrupted.",
    } satisfies Record<Outcome, string>,
  },
  reconnecting: {
    sending: "Connection lost. Your message is sent as soon as Parley can be reached.",
    stopping: "Reconnecting… The answer is being stopped.",
    writing: "Reconnecting… The answer is picked up where it is.",
  },
  outcome: {
    stopped: "You stopped this answer.",
    interrupted: "This answer was interrupted. What had been said is kept.",
    failed: "This answer failed.",
    again: "Try again",
    cut: "This answer reached its length limit.",
  },
  leftOut: (count: number) =>
    count === 1
      ? "1 earlier message was left out of the context."
      : `${count} earlier messages were left out of the context.`,
  copy: "Copy answer",
  copied: "Copied",
  refused: "Not sent; your text is back below.",
  loadFailed: "This conversation could not be loaded",
  olderFailed: "Earlier messages could not be loaded.",
  notFound: {
    title: "No such conversation",
    text: "It may have been deleted, or it belongs to somebody else.",
  },
};
