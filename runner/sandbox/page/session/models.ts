import { Emitter } from '../emitter.ts';
import { Model } from '../model.ts';
import type { Wid } from '../wid.ts';

type SocketState =
  | 'UNLAUNCHED'
  | 'OPENING'
  | 'PAIRING'
  | 'UNPAIRED'
  | 'UNPAIRED_IDLE'
  | 'CONNECTED'
  | 'TIMEOUT'
  | 'CONFLICT';

type SocketActions = { logout: () => Promise<void>; takeover: () => void; reconnect: () => void };

export class SocketModel extends Model {
  declare state: SocketState;
  declare hasSynced: boolean;
  readonly #actions: SocketActions;

  constructor(actions: SocketActions) {
    super({ state: 'UNLAUNCHED', stream: 'DISCONNECTED', hasSynced: false });
    this.#actions = actions;
  }

  logout(): Promise<void> {
    return this.#actions.logout();
  }
  takeover(): void {
    this.#actions.takeover();
  }
  reconnect(): void {
    this.#actions.reconnect();
  }
}

export class ConnModel extends Model {
  declare ref: string | undefined;
  declare pushname: string | undefined;
  declare platform: string | undefined;
  declare wid: Wid | undefined;

  constructor() {
    super({
      ref: undefined,
      pushname: undefined,
      platform: undefined,
      wid: undefined,
      battery: undefined,
      plugged: undefined,
      phone: undefined,
      connected: false,
    });
  }

  canSetMyPushname(): boolean {
    return true;
  }
}

/** Whether this device is "online": in the beginning if its window has the focus, and said on every new line. */
export class StreamModel extends Model {
  declare available: boolean;
  readonly #say: (available: boolean) => void;

  constructor(say: (available: boolean) => void) {
    super({ mode: 'QR', available: document.hasFocus(), displayInfo: 'NORMAL' });
    this.#say = say;
    this.on('change:available', () => this.announce());
  }

  announce(): void {
    this.#say(this.available);
  }

  markAvailable(): void {
    this.set('available', true);
  }
  markUnavailable(): void {
    this.set('available', false);
  }
}

/** The command bus; modules/commands.ts gives it its commands. */
export class CmdModel extends Emitter {}
