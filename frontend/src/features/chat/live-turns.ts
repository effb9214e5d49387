// The turns this page is following, in each conversation the running one and those that wait for it. They go on
// while the reader looks at something else.

import { useSyncExternalStore } from "react";
import { conversationKeys, conversationQuery } from "@/api/chat-service";
import { mergeMessages, patchConversation, touchConversation } from "@/api/conversation-cache";
import type { Problem } from "@/api/problem";
import { queryClient } from "@/api/query-client";
import type { TurnEvent } from "@/api/types";
import {
  type Attachment,
  forgetAttachments,
  handIn,
  noteSent,
  returnAttachments,
  sentWith,
} from "./attachments";
import { chooseBranch } from "./branch-choice";
import { forgetPending, rememberPending, returnToDraft } from "./drafts";
import { FrameBell } from "./frame-bell";
import { forgetPictures } from "./picture-cache";
import { noteThinking } from "./thinking-times";
import { ConversationLine, type LineState } from "./transport/conversation-line";
import {
  type AgainWish,
  type AskingErrand,
  againErrand,
  clientMessageId,
  type Errand,
  provisionalOwner,
  type Wish as SendWish,
  sendErrand,
} from "./turn-errand";
import { type LiveTurn, TurnFollower } from "./turn-follower";
import type { Ended } from "./turn-reducer";

const NOTHING_LIVE: LiveTurn[] = [];

type Followed = { line: ConversationLine; followers: TurnFollower[]; refusal: Problem | null };

const conversations = new Map<string, Followed>();
const shown = new Map<string, LiveTurn[]>();
const unfollowable = new Set<string>();
const bell = new FrameBell(look);

type Wish = SendWish & { attachments?: Attachment[] };

export function ask(conversationId: string, wish: Wish): void {
  const errand = sendErrand(wish);
  rememberPending(conversationId, { clientMessageId: clientMessageId(errand), content: wish.content });
  noteSent(clientMessageId(errand), wish.attachments ?? []);
  begin(conversationId, errand);
}

export function askAgain(conversationId: string, wish: AgainWish): void {
  begin(conversationId, againErrand(wish));
}

export function follow(conversationId: string, turnId: string, isQueued = false): void {
  if (unfollowable.has(turnId) || followerOf(conversationId, turnId)) return;
  start(conversationId, { kind: "follow", turnId }, isQueued);
}

/** Stops the turn that is being answered, or one that waits. */
export function stop(conversationId: string, live: LiveTurn): void {
  const follower = followersOf(conversationId).find((each) => each.current().key === live.key);
  if (!follower) return;
  if (live.turnId !== null) void follower.stop();
  else withdraw(conversationId, follower);
}

export function dismissRefusal(conversationId: string): void {
  followed(conversationId).refusal = null;
  bell.ring();
}

/** Lets go of every turn: the reader has signed out. The turns themselves belong to the server and go on. */
export function leaveAllTurns(): void {
  for (const { followers } of conversations.values()) for (const follower of followers) follower.close();
  conversations.clear();
  forgetAttachments();
  forgetPictures();
  bell.ring();
}

/** Keeps the line to a conversation open while its page is. */
export function keepLine(conversationId: string): () => void {
  return followed(conversationId).line.keep();
}

/** The running turn first, then those that wait for it. */
export function useLiveTurns(conversationId: string): LiveTurn[] {
  return useSyncExternalStore(bell.subscribe, () => shown.get(conversationId) ?? NOTHING_LIVE);
}

export function useRefusal(conversationId: string): Problem | null {
  return useSyncExternalStore(bell.subscribe, () => conversations.get(conversationId)?.refusal ?? null);
}

export function useLineState(conversationId: string): LineState {
  return useSyncExternalStore(
    bell.subscribe,
    () => conversations.get(conversationId)?.line.state ?? "closed",
  );
}

function followed(conversationId: string): Followed {
  const known = conversations.get(conversationId);
  if (known) return known;
  const line = new ConversationLine(conversationId, {
    stateChanged: bell.ringSoon,
    newTurn: (event) => hearOfTurn(conversationId, event),
    running: (turnId) => follow(conversationId, turnId),
    probe: async () =>
      void (await queryClient.fetchQuery({ ...conversationQuery(conversationId), staleTime: 0 })),
  });
  const opened: Followed = { line, followers: [], refusal: null };
  conversations.set(conversationId, opened);
  return opened;
}

function begin(conversationId: string, errand: AskingErrand): void {
  chooseBranch(conversationId, null);
  touchConversation(conversationId, { last_message_at: errand.askedAt });
  followed(conversationId).refusal = null;
  start(conversationId, errand, false);
}

function start(conversationId: string, errand: Errand, isQueued: boolean): TurnFollower {
  const conversation = followed(conversationId);
  const ahead = [...conversation.followers];
  const follower = new TurnFollower(
    conversationId,
    errand,
    {
      line: conversation.line,
      changed: (live) => noteProgress(conversationId, live),
      ended: (turn) => finish(conversationId, follower, turn),
      refused: (problem) => giveUp(conversationId, follower, problem),
      prepare: (asked, signal) => prepare(conversationId, asked, signal),
      turnsAhead: async () => void (await Promise.all(ahead.map((each) => each.over))),
    },
    isQueued,
  );
  conversation.followers.push(follower);
  bell.ring();
  void follower.run();
  return follower;
}

/** Pictures get their ids, and the message above gets its own, when it is not stored itself yet. */
async function prepare(
  conversationId: string,
  errand: AskingErrand,
  signal: AbortSignal,
): Promise<AskingErrand> {
  if (errand.kind !== "send") return errand;
  const attached = sentWith(clientMessageId(errand));
  const image_ids = await handIn(conversationId, attached, signal);
  const parent_id = await namedParent(conversationId, errand.parentId);
  const place = errand.question.edits || parent_id === null ? {} : { parent_id };
  const question = { ...errand.question, ...place, ...(image_ids.length > 0 && { image_ids }) };
  return { ...errand, question, parentId: parent_id };
}

async function namedParent(conversationId: string, parentId: string | null): Promise<string | null> {
  const owner = parentId === null ? null : provisionalOwner(parentId);
  if (owner === null) return parentId;
  const above = followersOf(conversationId).find((each) => isAskedAs(each.current().errand, owner));
  return (await above?.named)?.replyId ?? null;
}

function isAskedAs(errand: Errand, clientId: string): boolean {
  return errand.kind !== "follow" && clientMessageId(errand) === clientId;
}

function hearOfTurn(conversationId: string, event: TurnEvent): void {
  const known = followerOf(conversationId, event.turn_id) ?? askerOf(conversationId, event);
  const follower = known ?? start(conversationId, { kind: "follow", turnId: event.turn_id }, false);
  follower.take(event);
}

/** The events of a turn may be faster than the word that it was accepted. */
function askerOf(conversationId: string, event: TurnEvent): TurnFollower | undefined {
  if (event.kind !== "started") return undefined;
  return followersOf(conversationId).find((each) =>
    isAskedAs(each.current().errand, event.client_message_id),
  );
}

function noteProgress(conversationId: string, live: LiveTurn): void {
  const before = shown.get(conversationId)?.find(({ key }) => key === live.key);
  noteThinking(live);
  if (live.turnId !== null && live.errand.kind !== "follow") {
    forgetPending(conversationId);
    dropDouble(conversationId, live.turnId);
  }
  if (live.turn.phase === "streaming" && before?.turn.phase === "waiting") {
    patchConversation(conversationId, { running_turn_id: live.turn.turnId });
  }
  bell.ringSoon();
}

/** Before it was accepted, a turn may have been found to run and followed like somebody else's. */
function dropDouble(conversationId: string, turnId: string): void {
  const double = followerOf(conversationId, turnId);
  if (double?.current().errand.kind !== "follow") return;
  double.close();
  forget(conversationId, double);
}

function finish(conversationId: string, follower: TurnFollower, { question, reply, turnId }: Ended): void {
  forget(conversationId, follower);
  mergeMessages(conversationId, question ? [question, reply] : [reply]);
  touchConversation(conversationId, {
    running_turn_id: null,
    queued_turn_ids: queuedBeside(conversationId, turnId),
    last_message_at: reply.finished_at ?? reply.created_at,
  });
  bell.ring();
  void queryClient.invalidateQueries({ queryKey: conversationKeys.list });
  void queryClient.invalidateQueries({ queryKey: conversationKeys.context(conversationId) });
  // Ended before it was seen to start: the question is known to the server only.
  if (!question) void queryClient.invalidateQueries({ queryKey: conversationKeys.messages(conversationId) });
}

function queuedBeside(conversationId: string, turnId: string): string[] {
  const conversation = queryClient.getQueryData(conversationQuery(conversationId).queryKey);
  return conversation?.queued_turn_ids.filter((queued) => queued !== turnId) ?? [];
}

function giveUp(conversationId: string, follower: TurnFollower, problem: Problem): void {
  const { errand } = follower.current();
  forget(conversationId, follower);
  if (errand.kind === "follow") unfollowable.add(errand.turnId);
  else {
    returnQuestion(conversationId, errand);
    followed(conversationId).refusal = problem;
  }
  bell.ring();
  refresh(conversationId);
}

function withdraw(conversationId: string, follower: TurnFollower): void {
  const { errand } = follower.current();
  follower.close();
  forget(conversationId, follower);
  if (errand.kind !== "follow") returnQuestion(conversationId, errand);
  bell.ring();
  refresh(conversationId);
}

function returnQuestion(conversationId: string, errand: AskingErrand): void {
  if (errand.kind !== "send") return;
  forgetPending(conversationId);
  returnToDraft(conversationId, errand.question.content);
  returnAttachments(conversationId, sentWith(clientMessageId(errand)));
}

function refresh(conversationId: string): void {
  void queryClient.invalidateQueries({ queryKey: conversationKeys.one(conversationId) });
  void queryClient.invalidateQueries({ queryKey: conversationKeys.messages(conversationId) });
}

function followersOf(conversationId: string): TurnFollower[] {
  return conversations.get(conversationId)?.followers ?? [];
}

function followerOf(conversationId: string, turnId: string): TurnFollower | undefined {
  const named = followersOf(conversationId).filter((follower) => follower.current().turnId === turnId);
  return named.find((follower) => follower.current().errand.kind === "follow") ?? named[0];
}

function forget(conversationId: string, follower: TurnFollower): void {
  const conversation = followed(conversationId);
  noteSent(follower.current().key, []);
  conversation.followers = conversation.followers.filter((each) => each !== follower);
}

function look(): void {
  shown.clear();
  for (const [conversationId, { followers }] of conversations) {
    const turns = followers.map((each) => each.current());
    if (turns.length > 0) shown.set(conversationId, turns);
  }
}
