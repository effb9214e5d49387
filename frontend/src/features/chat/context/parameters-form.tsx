// How the model is called: those of its parameters that it takes.

import { useId, useState } from "react";
import type { CallParameters, Conversation, Model } from "@/api/types";
import { SegmentedControl } from "@/components/segmented-control";
import { NumberSetting } from "./number-setting";
import { save } from "./saving";
import { EFFORTS, type NumberName, PARAMETERS, stopsFrom } from "./settings";
import { texts } from "./texts";
import { useWished } from "./use-wished";

const NUMBERS = Object.keys(PARAMETERS) as NumberName[];
const USUAL = "usual";

export function ParametersForm({ conversation, model }: { conversation: Conversation; model: Model }) {
  const id = useId();
  const { parameters } = conversation;
  const change = (part: CallParameters) => save(conversation, { parameters: { ...parameters, ...part } });
  if (model.parameters.length === 0) return null;
  return (
    <section aria-labelledby={id} className="flex flex-col gap-4">
      <div>
        <h3 id={id} className="font-semibold">
          {texts.parameters.title}
        </h3>
        <p className="text-small text-muted">{texts.parameters.hint}</p>
      </div>
      {model.parameters.includes("reasoning_effort") && (
        <Effort
          value={parameters.reasoning_effort ?? null}
          onChange={(reasoning_effort) => change({ reasoning_effort })}
        />
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        {NUMBERS.filter((name) => model.parameters.includes(name)).map((name) => (
          <NumberSetting
            key={name}
            label={texts.names[name]}
            value={parameters[name] ?? null}
            range={rangeFor(name, model)}
            onChange={(value) => void change({ [name]: value })}
          />
        ))}
      </div>
      {model.parameters.includes("stop") && (
        <Stops value={parameters.stop ?? []} onChange={(stop) => void change({ stop })} />
      )}
    </section>
  );
}

function rangeFor(name: NumberName, model: Model) {
  const range = PARAMETERS[name];
  if (name !== "max_output_tokens" || model.max_output_tokens === null) return range;
  return { ...range, most: model.max_output_tokens };
}

type EffortValue = NonNullable<CallParameters["reasoning_effort"]>;

function Effort({
  value,
  onChange,
}: {
  value: EffortValue | null;
  onChange: (value: EffortValue | null) => Promise<void>;
}) {
  const [shown, wish] = useWished(value, onChange);
  const segments = [
    { value: USUAL, label: texts.parameters.usual },
    ...EFFORTS.map((effort) => ({ value: effort, label: texts.efforts[effort] })),
  ];
  return (
    <div>
      <p aria-hidden="true" className="mb-1.5 text-small font-medium text-ink-soft">
        {texts.names.reasoning_effort}
      </p>
      <SegmentedControl
        label={texts.names.reasoning_effort}
        segments={segments}
        value={shown ?? USUAL}
        onChange={(chosen) => wish(EFFORTS.find((effort) => effort === chosen) ?? null)}
      />
    </div>
  );
}

function Stops({ value, onChange }: { value: string[]; onChange: (value: string[]) => void }) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const keep = () => {
    if (typed === null) return;
    setTyped(null);
    onChange(stopsFrom(typed));
  };
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-small font-medium text-ink-soft">
        {texts.names.stop}
      </label>
      <textarea
        id={id}
        rows={2}
        aria-describedby={`${id}-hint`}
        value={typed ?? value.join("\n")}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={keep}
        className="w-full rounded-control border border-line-strong/70 bg-surface px-3.5 py-2 text-[1rem] shadow-small"
      />
      <p id={`${id}-hint`} className="text-small text-muted">
        {texts.parameters.stopHint}
      </p>
    </div>
  );
}
