import type { Clock } from '../clock.ts';
import type { EnginePairingCode, WhatsAppEngine } from '../engine/port.ts';
import { WorkLane } from '../work-lane.ts';

/** `expiresAt` is Unix ms. */
export type CurrentQr = { qr: string; expiresAt: number };
type PairingCode = { code: string; expiresAt: number };

/** The codes to link a phone that the page shows now, and the callers that wait for one. */
export class LinkCodes {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #qr: CurrentQr | null = null;
  /** The phone that a code was asked for, and that code once the page shows it. */
  #pairing: { phone: string; shown: PairingCode | null } | null = null;
  /** Pairing codes are asked for one after the other. */
  readonly #lane = new WorkLane();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** From the first request on, the page shows pairing codes instead of QR codes. */
  get pairing(): boolean {
    return this.#pairing !== null;
  }

  showQr(qr: CurrentQr): void {
    this.#qr = qr;
    this.wake();
  }

  showPairingCode(shown: PairingCode): void {
    if (this.#pairing !== null) this.#pairing = { ...this.#pairing, shown };
  }

  clear(): void {
    this.#qr = null;
    this.#pairing = null;
  }

  /** Callers that wait check again: something changed that may mean that no code comes. */
  wake(): void {
    for (const finish of this.#waiting) finish();
  }

  /** A QR code that is valid now, after up to `waitMs`; null when none came, or as soon as waiting is `pointless`. */
  async waitForQr(waitMs: number, pointless: () => boolean): Promise<CurrentQr | null> {
    const until = this.#clock.monotonic() + waitMs;
    for (;;) {
      if (this.#qr !== null && this.#qr.expiresAt > this.#clock.now()) return this.#qr;
      const left = until - this.#clock.monotonic();
      if (left <= 0 || pointless()) return null;
      await this.#change(left);
    }
  }

  /** The pairing code for this phone: the one that is shown while it is valid, otherwise a new one. Null without an engine. */
  askForPairingCode(
    phone: string,
    engine: () => WhatsAppEngine | null,
  ): Promise<EnginePairingCode | null> {
    return this.#lane.run(async (): Promise<EnginePairingCode | null> => {
      const before = this.#pairing;
      const shown = before?.phone === phone ? before.shown : null;
      if (shown !== null && shown.expiresAt > this.#clock.now())
        return { outcome: 'shown', ...shown };
      const current = engine();
      if (current === null) return null;
      this.#pairing = { phone, shown: null };
      const asked = await current.ask('requestPairingCode', { phone });
      if (asked.outcome !== 'shown') this.#pairing = before;
      return asked;
    });
  }

  #change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        cancel();
        this.#waiting.delete(finish);
        resolve();
      };
      const cancel = this.#clock.after(ms, finish);
      this.#waiting.add(finish);
    });
  }
}
