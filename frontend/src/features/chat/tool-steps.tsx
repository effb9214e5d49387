// The tools that the model used for an answer: what it asked them and what they said.

import type { Message } from "@/api/types";
import { Icon } from "@/components/icon";
import { ScrollRegion } from "@/components/scroll-region";
import { Disclosure } from "./disclosure";
import { texts } from "./texts";

export function ToolSteps({ steps }: { steps: Message["steps"] }) {
  return (
    <ul aria-label={texts.tools.label}>
      {steps.map((step) => (
        <li key={step.call_id}>
          <Disclosure icon="tool" isBusy={step.state === "running"} label={<StepLabel step={step} />}>
            <Told label={texts.tools.arguments} text={readable(step.arguments)} />
            {typeof step.result === "string" && (
              <Told label={texts.tools.result} text={readable(step.result)} />
            )}
          </Disclosure>
        </li>
      ))}
    </ul>
  );
}

function StepLabel({ step }: { step: Message["steps"][number] }) {
  return (
    <>
      <span className="truncate font-mono text-tiny text-ink-soft">{step.name}</span>
      <span className={step.state === "failed" ? "flex items-center gap-1 text-danger" : ""}>
        {step.state === "failed" && <Icon name="warning" className="size-3.5" />}
        {texts.tools[step.state]}
      </span>
    </>
  );
}

function Told({ label, text }: { label: string; text: string }) {
  return (
    <div className="mb-2">
      <p className="text-tiny font-medium text-muted">{label}</p>
      <ScrollRegion className="thin-scrollbar mt-1 max-h-60 overflow-auto rounded-control bg-sunken px-3 py-2 font-mono text-tiny wrap-anywhere whitespace-pre-wrap">
        {text}
      </ScrollRegion>
    </div>
  );
}

/** Arguments and results are mostly JSON, which is easier to read on several lines. */
function readable(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : JSON.stringify(value, null, 2);
  } catch {
    return text;
  }
}
