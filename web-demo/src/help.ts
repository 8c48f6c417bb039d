// What to do when the browser does not give a microphone or a camera, in plain words.

const SECURE =
  "Browsers give it only to pages from this machine or over https: open this page as http://127.0.0.1 on the machine that serves it.";

/** For a microphone that does not open. */
export function microphoneHelp(error: unknown): string {
  switch (nameOf(error)) {
    case "NotAllowedError":
    case "SecurityError":
      return "The browser does not let this page hear you. Press the sign beside the address, allow the microphone, and press Talk again. Writing works all the same.";
    case "NotFoundError":
    case "OverconstrainedError":
      return "There is no microphone here. Plug one in and press Talk again, or write instead.";
    case "NotReadableError":
      return "The microphone is there but does not answer; perhaps another program holds it. Close that and press Talk again, or write instead.";
    case "InsecureContext":
      return `This page may not use a microphone. ${SECURE} Writing works all the same.`;
    default:
      return `The microphone does not work: ${messageOf(error)}. Writing works all the same.`;
  }
}

/** For a camera that does not open. */
export function cameraHelp(error: unknown): string {
  switch (nameOf(error)) {
    case "NotAllowedError":
    case "SecurityError":
      return "The browser does not let this page see you. Press the sign beside the address, allow the camera, and try again. Everything else works without it.";
    case "NotFoundError":
    case "OverconstrainedError":
      return "There is no camera here. Plug one in and try again, or add a picture to a message instead.";
    case "NotReadableError":
      return "The camera is there but does not answer; perhaps another program holds it. Close that and try again.";
    case "InsecureContext":
      return `This page may not use a camera. ${SECURE}`;
    default:
      return `The camera does not work: ${messageOf(error)}.`;
  }
}

function nameOf(error: unknown): string {
  return error instanceof DOMException ? error.name : "";
}

function messageOf(error: unknown): string {
  return error instanceof Error && error.message ? error.message : String(error);
}
