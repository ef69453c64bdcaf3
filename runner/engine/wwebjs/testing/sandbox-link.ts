import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Conduct, SessionProxy } from '../../../../shared/protocol/leases.ts';
import type { SandboxProfile } from '../../../../shared/session-status.ts';
import { createSandboxClient, type SandboxClient } from '../../../sandbox/control-client.ts';
import { startSandbox } from '../../../sandbox/server.ts';
import type {
  EngineEvent,
  EngineFactory,
  EngineSend,
  EngineSendResult,
  WhatsAppEngine,
} from '../../port.ts';
import { until } from '../../wait.ts';

export type TestSandbox = {
  phone: SandboxClient;
  chromiumArgs: (profile: SandboxProfile) => string[];
  tlsPort: (profile: SandboxProfile) => number;
  close: () => Promise<void>;
};

/** A sandbox of its own for one test file. */
export async function startTestSandbox(): Promise<TestSandbox> {
  const dataDir = mkdtempSync(join(tmpdir(), 'waypost-sandbox-'));
  const controlToken = randomBytes(24).toString('hex');
  const sandbox = await startSandbox({ dataDir, controlToken });
  return {
    phone: createSandboxClient({ url: sandbox.controlUrl, token: controlToken }),
    chromiumArgs: (profile) => sandbox.info.profiles[profile].chromiumArgs,
    tlsPort: (profile) => sandbox.info.profiles[profile].tlsPort,
    close: async () => {
      await sandbox.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type Fact = Extract<EngineEvent, { type: 'fact' }>;
type EventOf<Type extends EngineEvent['type']> = Extract<EngineEvent, { type: Type }>;

/** A session on a sandbox: engines one after the other on one profile, and all their events. */
export class SandboxLink {
  readonly dir = mkdtempSync(join(tmpdir(), 'waypost-engine-'));
  readonly profileDir = join(this.dir, 'profile');
  readonly world = `test-${randomUUID()}`;
  readonly phoneNumber = `1555${randomInt(1_000_000, 9_999_999)}`;
  readonly sandbox: TestSandbox;
  readonly #profile: SandboxProfile;
  readonly #factory: EngineFactory;
  events: EngineEvent[] = [];
  engine: WhatsAppEngine;
  proxy: SessionProxy | null = null;
  conduct: Conduct = { alwaysOnline: false, rejectCalls: false, presenceOf: [] };

  constructor(sandbox: TestSandbox, profile: SandboxProfile, factory: EngineFactory) {
    this.sandbox = sandbox;
    this.#profile = profile;
    this.#factory = factory;
    this.engine = this.renew();
  }

  get at(): { world: string; account: string } {
    return { world: this.world, account: this.phoneNumber };
  }

  /** A new engine on the same profile, not started; forgets the events of the one before. */
  renew(): WhatsAppEngine {
    const events: EngineEvent[] = [];
    this.events = events;
    this.engine = this.#factory(
      {
        sessionId: 'session',
        engine: 'wwebjs',
        mode: 'sandbox',
        sandboxProfile: this.#profile,
        stateDir: this.profileDir,
        filesDir: join(this.dir, 'files'),
        unreported: { file: join(this.dir, 'unreported.jsonl'), epoch: 1 },
        traffic: { status: false, channels: false },
        conduct: this.conduct,
        proxy: this.proxy,
      },
      (event) => events.push(event),
    );
    return this.engine;
  }

  /** Starts the engine, scans its code, and waits until it is ready. */
  async link(): Promise<EventOf<'ready'>> {
    await this.engine.start();
    const { qr } = await this.event('qr');
    await this.scan(qr);
    return this.event('ready');
  }

  async scan(qr: string): Promise<void> {
    await this.sandbox.phone.scan({
      world: this.world,
      qr,
      phone: this.phoneNumber,
      pushname: 'Zed',
    });
  }

  /** A new engine on the linked profile, up to `ready`. */
  async reopen(): Promise<EventOf<'ready'>> {
    this.renew();
    await this.engine.start();
    return this.event('ready');
  }

  async event<Type extends EngineEvent['type']>(
    type: Type,
    matches: (event: EventOf<Type>) => boolean = () => true,
  ): Promise<EventOf<Type>> {
    const find = () =>
      this.events.find(
        (event): event is EventOf<Type> => event.type === type && matches(event as EventOf<Type>),
      );
    if (!(await until(() => find() !== undefined, 15_000))) {
      const said = this.events.map((event) => JSON.stringify(event).slice(0, 200));
      throw new Error(`no ${type} event; there were ${said.join(' ')}`);
    }
    const found = find();
    if (found === undefined) throw new Error(`the ${type} event went away`);
    return found;
  }

  async fact<Kind extends Fact['fact']['kind']>(
    kind: Kind,
    matches: (fact: Extract<Fact['fact'], { kind: Kind }>) => boolean = () => true,
  ): Promise<{ fact: Extract<Fact['fact'], { kind: Kind }>; file: Fact['file'] }> {
    type Wanted = Extract<Fact['fact'], { kind: Kind }>;
    const event = await this.event(
      'fact',
      ({ fact }) => fact.kind === kind && matches(fact as Wanted),
    );
    return { fact: event.fact as Wanted, file: event.file };
  }

  /** Sends, and waits for the ack of what was accepted, as a session does. */
  async send(message: EngineSend): Promise<EngineSendResult> {
    const result = await this.engine.send(message);
    if (result.outcome !== 'accepted') return result;
    const { fact } = await this.fact(
      'message.ack',
      ({ wireId, ack }) => wireId === message.wireId && ack !== 0,
    );
    if (fact.ack > 0) return { outcome: 'sent', wireKey: result.wireKey };
    return { outcome: 'failed', code: 'MESSAGE_FAILED', message: 'WhatsApp refused it.' };
  }

  /** What the sandbox saw on the wire from this account. */
  async wire(): Promise<{ wireId: string; to: string; body: string; attempts: number }[]> {
    const { records } = await this.sandbox.phone.wire(this.at);
    return records;
  }

  /** Runs code on the page, for what only the page can do. */
  async onPage(js: string): Promise<unknown> {
    const { value } = await this.sandbox.phone.pageEval({ ...this.at, js });
    return value;
  }

  async end(): Promise<void> {
    await this.engine.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** A wire id such as the runner derives. */
export function newWireId(): string {
  return `3EB0${randomBytes(9).toString('hex').toUpperCase()}`;
}
