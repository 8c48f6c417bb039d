// The events of the Realtime protocol that this page sends and reads. The rest is ignored.

/** A part of a message. */
export interface Part {
  type: string;
  text?: string;
  transcript?: string | null;
  image_url?: string;
}

/** Something in the conversation. */
export interface Item {
  id: string;
  type: string;
  role?: "user" | "assistant" | "system";
  content?: Part[];
}

/** What an answer was, when it is over. */
export interface Answer {
  id: string;
  status: string;
  status_details?: { error?: { message?: string } } | null;
  usage?: { input_tokens?: number; output_tokens?: number } | null;
}

/** The session as the server describes it; a transcription session names no model. */
export interface Session {
  model?: string;
  audio?: { input?: { turn_detection?: { silence_duration_ms?: number } | null } };
}

/** A tool the model wants to be used. */
export interface ToolCall {
  call_id: string;
  name: string;
  arguments: string;
}

type Delta = { item_id: string; delta: string };

/** What the server says, by type. */
export interface ServerEvents {
  "session.created": { session: Session };
  "session.updated": { session: Session };
  "input_audio_buffer.speech_started": { audio_start_ms: number };
  "input_audio_buffer.speech_stopped": { audio_end_ms: number };
  "input_audio_buffer.committed": { item_id: string };
  "conversation.item.added": { item: Item };
  "conversation.item.retrieved": { item: Item };
  "conversation.item.truncated": { item_id: string };
  "conversation.item.input_audio_transcription.delta": Delta;
  "conversation.item.input_audio_transcription.completed": { item_id: string; transcript: string };
  "conversation.item.input_audio_transcription.failed": { item_id: string };
  "response.created": { response: Answer };
  "response.output_audio_transcript.delta": Delta;
  "response.output_text.delta": Delta;
  "response.output_audio.delta": Delta;
  "response.function_call_arguments.delta": Delta;
  "response.function_call_arguments.done": ToolCall;
  "response.done": { response: Answer };
  error: { error: { message: string; code?: string | null } };
}

/** What to do when the server says something. */
export type Listeners = { [Type in keyof ServerEvents]?: (event: ServerEvents[Type]) => void };

/** Hands an event to whoever listens to its type. */
export function dispatch(text: string, listeners: Listeners): void {
  const event = JSON.parse(text) as { type: keyof ServerEvents };
  (listeners[event.type] as ((event: unknown) => void) | undefined)?.(event);
}
