import type { EngineFactory } from '../port.ts';
import { FakeEngine, type FakeWorld } from './fake-engine.ts';
import { readWire, type WireRecord } from './wire-file.ts';

/** All fake engines of a test, and the wire that they send to. */
export class FakeWhatsApp {
  readonly engines: FakeEngine[] = [];
  readonly factory: EngineFactory;
  readonly #world: FakeWorld;

  constructor(world: FakeWorld) {
    this.#world = world;
    this.factory = (options, emit) => {
      const engine = new FakeEngine(world, options, emit);
      this.engines.push(engine);
      return engine;
    };
  }

  wire(): WireRecord[] {
    return readWire(this.#world.wireFile);
  }

  /** The newest engine of a session. */
  engineOf(sessionId: string): FakeEngine {
    const engine = this.engines.findLast(({ options }) => options.sessionId === sessionId);
    if (engine === undefined) throw new Error(`no engine was made for ${sessionId}`);
    return engine;
  }

  running(sessionId: string): FakeEngine[] {
    return this.engines.filter(({ options, up }) => up && options.sessionId === sessionId);
  }
}
