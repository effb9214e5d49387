// The model that answers next: the conversation's, else the one chosen last, else the server's default.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { modelsQuery } from "@/api/chat-service";
import type { Model } from "@/api/types";
import { readStored, store } from "@/lib/storage";

const NO_MODELS: Model[] = [];

export function useModelChoice(preferred: string | null | undefined) {
  const models = useQuery(modelsQuery).data ?? NO_MODELS;
  const [chosen, setChosen] = useState(() => readStored("model"));
  const offered = (id: string | null | undefined) => models.find((model) => model.id === id);
  const model =
    offered(preferred) ?? offered(chosen) ?? models.find((candidate) => candidate.is_default) ?? models[0];
  const choose = (id: string) => {
    store("model", id);
    setChosen(id);
  };
  return { models, model, choose };
}
