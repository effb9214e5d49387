// The first title of a conversation: the beginning of its first question.

const LONGEST_TITLE = 60;

export function titleFrom(question: string): string {
  const line = question.trim().split("\n", 1)[0]?.replaceAll(/\s+/g, " ").trim() ?? "";
  const characters = Array.from(line);
  if (characters.length <= LONGEST_TITLE) return line;
  const cut = characters.slice(0, LONGEST_TITLE).join("");
  const lastSpace = cut.lastIndexOf(" ");
  return `${(lastSpace > LONGEST_TITLE / 2 ? cut.slice(0, lastSpace) : cut).trimEnd()}…`;
}
