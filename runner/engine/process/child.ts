import { AppError } from '../../../shared/errors.ts';
import { describe } from '../describe-error.ts';
import { ENGINES } from '../engines.ts';
import type { WhatsAppEngine } from '../port.ts';
import type { EngineCall, FromSession, ToSession } from './protocol.ts';
import { UnreportedFacts } from './unreported-facts.ts';

/** How long the last message may take to get out before the process ends regardless. */
const LAST_WORD_MS = 1_000;

let engine: WhatsAppEngine | null = null;
let unreported: UnreportedFacts | null = null;

function tell(message: FromSession, then?: () => void): void {
  if (process.send === undefined || !process.connected) {
    then?.();
    return;
  }
  process.send(message, undefined, undefined, () => then?.());
}

function exitAfter(message: FromSession, code: number): void {
  setTimeout(() => process.exit(code), LAST_WORD_MS).unref();
  tell(message, () => process.exit(code));
}

function open(message: Extract<ToSession, { type: 'open' }>): void {
  const { options, settings } = message;
  const facts = (unreported ??= new UnreportedFacts(options.unreported));
  engine ??= ENGINES[options.engine](
    options,
    (event) => {
      // After its last event an engine is of no use, and neither is its process.
      if (event.type === 'closed') exitAfter({ type: 'event', event }, 0);
      else if (event.type === 'fact') tell({ type: 'event', event, seq: facts.add(event) });
      else tell({ type: 'event', event });
    },
    {
      settings,
      log: (entry) => tell({ type: 'log', entry }),
      onProcess: (pid) => tell({ type: 'process', pid }),
    },
  );
}

async function answer(call: EngineCall): Promise<unknown> {
  if (engine === null) throw new Error('the engine is not open');
  switch (call.method) {
    case 'start':
      await engine.start();
      return null;
    case 'stop':
      await engine.stop();
      return null;
    case 'logout':
      await engine.logout();
      return null;
    case 'send':
      return engine.send(call.message);
    case 'ask':
      return engine.ask(call.name, call.input);
    case 'ping':
      return engine.ping(call.deadlineMs);
    default:
      return call satisfies never;
  }
}

function onMessage(message: ToSession): void {
  if (message.type === 'open') {
    open(message);
    return;
  }
  if (message.type === 'kept') {
    unreported?.taken(message.seq);
    return;
  }
  const { id, call } = message;
  answer(call).then(
    (value) => tell({ type: 'result', id, value }),
    (error: unknown) => tell({ type: 'error', id, ...failureOf(error) }),
  );
}

function failureOf(error: unknown): Omit<Extract<FromSession, { type: 'error' }>, 'type' | 'id'> {
  if (!(error instanceof AppError)) return { message: describe(error) };
  const { code, message, details } = error;
  return { message, refusal: details === undefined ? { code } : { code, details } };
}

/** A rejection that nobody handled leaves the library in an unknown state: end here, where no neighbour is hurt. */
function die(error: unknown): void {
  const detail = describe(error);
  const stack = error instanceof Error ? error.stack : undefined;
  tell({ type: 'log', entry: { event: 'engine.unhandled', detail, stack } });
  const closed = { type: 'closed', reason: 'crashed', detail: `unhandled: ${detail}` } as const;
  exitAfter({ type: 'event', event: closed }, 1);
  engine?.kill();
}

// The runner is trusted, see ToSession.
process.on('message', (message) => onMessage(message as ToSession));
process.on('unhandledRejection', die);
process.on('uncaughtException', die);
process.once('disconnect', () => {
  unreported?.write();
  engine?.kill();
  process.exit(0);
});
// A Ctrl-C reaches the whole process group; the runner decides when this process ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
