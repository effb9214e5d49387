// The first letter of a name, for when there is no picture.

export function Avatar({ name }: { name: string }) {
  return (
    <span
      aria-hidden="true"
      className="grid size-8 shrink-0 place-items-center rounded-full bg-gradient-soft text-small font-semibold text-accent-strong uppercase"
    >
      {Array.from(name.trim())[0] ?? "?"}
    </span>
  );
}
