// Which model answers next.

import type { Model } from "@/api/types";
import { Badge } from "@/components/badge";
import { Icon } from "@/components/icon";
import { Menu, MenuChoice, MenuChoices, MenuLabel } from "@/components/menu";
import { formatCompact } from "@/lib/format";
import { texts } from "./texts";

export function ModelPicker({
  models,
  model,
  onChange,
}: {
  models: Model[];
  model: Model | undefined;
  onChange: (id: string) => void;
}) {
  if (!model) return null;
  return (
    <Menu
      side="top"
      className="w-72 max-w-[calc(100vw-1rem)]"
      trigger={
        <button
          type="button"
          aria-label={texts.models.choose(model.name)}
          className="flex h-9 min-w-0 items-center gap-1.5 rounded-control px-2.5 text-small font-medium text-muted hover:bg-hover hover:text-ink data-[state=open]:bg-hover"
        >
          <span className="truncate">{model.name}</span>
          <Icon name="chevronDown" className="size-3.5" />
        </button>
      }
    >
      <MenuLabel>{texts.models.label}</MenuLabel>
      <MenuChoices label={texts.models.label} value={model.id} onChange={onChange}>
        {models.map((offered) => (
          <MenuChoice key={offered.id} value={offered.id}>
            <span className="min-w-0 flex-1">
              <span className="flex items-center gap-2">
                <span className="truncate">{offered.name}</span>
                {offered.is_demo && <Badge tone="accent">{texts.models.demo}</Badge>}
              </span>
              <span className="block text-tiny text-muted">
                {offered.provider} · {formatCompact(offered.context_window)} {texts.models.context}
              </span>
            </span>
          </MenuChoice>
        ))}
      </MenuChoices>
    </Menu>
  );
}
