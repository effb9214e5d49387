import { expect, test } from "vitest";
import { pathThrough, versionsOf } from "./message-tree";

type Node = { id: string; parent_id: string | null; role: "user" | "assistant" };

/** Messages in the order in which they were made: "q2<r1" is a question below r1. */
const tree = (...told: string[]): Node[] =>
  told.map((text) => {
    const [id = "", parent] = text.split("<");
    return { id, parent_id: parent ?? null, role: id.startsWith("q") ? "user" : "assistant" };
  });

const path = (messages: Node[], chosen: string | null = null) =>
  pathThrough(messages, chosen)
    .map(({ id }) => id)
    .join(" ");

const EDITED = tree("q1", "r1<q1", "q2<r1", "r2<q2", "q2b<r1", "r2b<q2b");

test("a conversation without branches is shown as it is", () => {
  expect(path(tree("q1", "r1<q1", "q2<r1", "r2<q2"))).toBe("q1 r1 q2 r2");
  expect(path([])).toBe("");
});

test("the newest branch is shown, unless another one was chosen", () => {
  expect(path(EDITED)).toBe("q1 r1 q2b r2b");
  expect(path(EDITED, "q2")).toBe("q1 r1 q2 r2");
  expect(path(EDITED, "gone")).toBe("q1 r1 q2b r2b");
});

test("the newest leaf decides, not the newest version at each fork", () => {
  expect(path([...EDITED, ...tree("q3<r2", "r3<q3")])).toBe("q1 r1 q2 r2 q3 r3");
});

test("a chosen branch grows with what is asked in it", () => {
  expect(path([...EDITED, ...tree("q3<r2", "r3<q3")], "r2")).toBe("q1 r1 q2 r2 q3 r3");
});

test("below a chosen version its own newest leaf is shown", () => {
  const twice = [...EDITED, ...tree("r2c<q2")];
  expect(path(twice, "q2")).toBe("q1 r1 q2 r2c");
});

test("while earlier messages are not loaded, the path begins with what is there", () => {
  expect(path(EDITED.slice(2))).toBe("q2b r2b");
});

test("versions have the same place; first questions are versions of each other", () => {
  const messages = [...EDITED, ...tree("r1b<q1", "q1b")];
  const idsOf = (id: string) => {
    const message = messages.find((each) => each.id === id);
    return message && versionsOf(messages)(message).map((each) => each.id);
  };
  expect(idsOf("q2")).toEqual(["q2", "q2b"]);
  expect(idsOf("r1")).toEqual(["r1", "r1b"]);
  expect(idsOf("q1b")).toEqual(["q1", "q1b"]);
  expect(idsOf("r2b")).toEqual(["r2b"]);
});
