import type { Clock } from '../clock.ts';
import { WorkLane } from '../work-lane.ts';
import type { EnginePairingCode, WhatsAppEngine } from '../engine/port.ts';

export type ShownCode = { phone: string; code: string; expiresAt: number };

/** The pairing code that the page shows, if it shows one. Questions are answered one after the other. */
export class PairingDesk {
  readonly #clock: Clock;
  #phone: string | null = null;
  #shown: ShownCode | null = null;
  readonly #lane = new WorkLane();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The page shows codes instead of QR codes from the first question on. */
  get active(): boolean {
    return this.#phone !== null;
  }

  /** The page shows another code. */
  show(code: string, expiresAt: number): void {
    if (this.#phone !== null) this.#shown = { phone: this.#phone, code, expiresAt };
  }

  clear(): void {
    this.#phone = null;
    this.#shown = null;
  }

  /** The code for this phone: the one that is shown while it is good, a new one otherwise. */
  ask(phone: string, engine: () => WhatsAppEngine | null): Promise<EnginePairingCode | null> {
    return this.#lane.run(async (): Promise<EnginePairingCode | null> => {
      const shown = this.#shown;
      if (shown !== null && shown.phone === phone && shown.expiresAt > this.#clock.now()) {
        const { code, expiresAt } = shown;
        return { outcome: 'shown', code, expiresAt };
      }
      const current = engine();
      if (current === null) return null;
      const before = this.#phone;
      this.#phone = phone;
      const asked = await current.ask('requestPairingCode', { phone });
      if (asked.outcome !== 'shown') this.#phone = before;
      return asked;
    });
  }
}
