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

export class StreamModel extends Model {
  declare available: boolean;

  constructor() {
    super({ mode: 'QR', available: false, displayInfo: 'NORMAL' });
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
