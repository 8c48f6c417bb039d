// The camera: a preview, and the few frames of it that really went out.

import { byId, make } from "./dom";
import { cameraHelp } from "./help";
import { frame } from "./pictures";

const FRAMES_SHOWN_MAX = 6;
/** Frames of one moment are one frame. */
const APART_MS_MIN = 2_000;

export class Camera {
  private stream: MediaStream | null = null;
  private readonly video = byId<HTMLVideoElement>("preview");
  private readonly button = byId<HTMLButtonElement>("camera-switch");
  private sent = 0;
  private sentAt = Number.NEGATIVE_INFINITY;

  /** `device` names the camera that is wanted, or is empty. */
  constructor(private readonly device: () => string) {
    this.button.onclick = () => void (this.stream ? this.close() : this.open());
  }

  /** The frame of this moment, if the camera is on and none went out just now. */
  now(): string | null {
    const early = performance.now() - this.sentAt < APART_MS_MIN;
    if (!this.stream || early || !this.video.videoWidth) return null;
    this.sentAt = performance.now();
    return frame(this.video);
  }

  /** Shows that a frame went out. */
  show(url: string): void {
    this.sent++;
    const frames = byId("frames");
    const time = new Date().toLocaleTimeString();
    frames.prepend(make("li", {}, make("img", { src: url, alt: `Frame sent at ${time}` })));
    while (frames.childElementCount > FRAMES_SHOWN_MAX) frames.lastElementChild?.remove();
    byId("frames-name").textContent =
      `Sent: ${this.sent} ${this.sent === 1 ? "picture" : "pictures"}, the last at ${time}.`;
  }

  private async open(): Promise<void> {
    const help = byId("camera-help");
    help.hidden = true;
    try {
      if (!navigator.mediaDevices) throw new DOMException("", "InsecureContext");
      const device = this.device();
      const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
      const video = device ? { ...size, deviceId: { ideal: device } } : size;
      this.stream = await navigator.mediaDevices.getUserMedia({ video });
      this.video.srcObject = this.stream;
      await this.video.play();
    } catch (error) {
      this.close();
      help.textContent = cameraHelp(error);
      help.hidden = false;
      return;
    }
    this.tell(true);
  }

  private close(): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
    this.tell(false);
  }

  private tell(isOn: boolean): void {
    byId("camera-view").hidden = !isOn;
    this.button.setAttribute("aria-pressed", String(isOn));
    this.button.textContent = isOn ? "Turn the camera off" : "Turn the camera on";
  }
}
