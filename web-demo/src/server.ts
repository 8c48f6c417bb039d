// What the server announces about itself before anybody speaks with it.

/** What the loaded models can do. */
export interface Abilities {
  model: string;
  voices: string[];
  /** Whether pictures are looked at, not only kept. */
  sees: boolean;
}

interface Described {
  id: string;
  voices?: string[];
  input_modalities?: string[];
}

/** Asks what is loaded; what is not announced is not there. */
export async function abilities(key: string): Promise<Abilities> {
  try {
    const answer = await fetch("v1/models", { headers: key ? { authorization: `Bearer ${key}` } : {} });
    const { data } = (await answer.json()) as { data?: Described[] };
    const model = data?.[0];
    return {
      model: model?.id ?? "",
      voices: model?.voices ?? [],
      sees: model?.input_modalities?.includes("image") ?? false,
    };
  } catch {
    return { model: "", voices: [], sees: false };
  }
}
