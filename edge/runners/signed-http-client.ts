import { z } from 'zod';
import { AppError, ERROR_CODES, type ErrorCode } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import {
  CommandResponse,
  COMMANDS,
  DoorbellResponse,
  type CommandInput,
  type CommandName,
  type CommandOutput,
} from '../../shared/protocol/runner-commands.ts';
import { signRequest } from '../../shared/signing/signed-request.ts';
import type { EdgeEnv } from '../env.ts';
import type { RunnerAddress, RunnerClient, SessionAddress } from './port.ts';

const WAKE_TIMEOUT_MS = 2_000;
/** How much longer than a command's own patience the edge waits: the runner's answer says more than a time-out. */
const COMMAND_MARGIN_MS = 3_000;
/** How much longer than the runner was asked to wait the edge waits for the doorbell's answer. */
const DOORBELL_MARGIN_MS = 5_000;

/** One try and, when the connection failed, one more: a lost runner must not eat the caller's time. */
const MAX_TRIES = 2;

const Refusal = z.object({
  error: z.object({
    code: z.enum(ERROR_CODES),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
});
type Refusal = z.infer<typeof Refusal>['error'];

type Call = {
  address: RunnerAddress;
  path: string;
  body: unknown;
  timeoutMs: number;
  session?: { sessionId: string; epoch: number };
  traceparent?: string | undefined;
  /** What it is when no answer came that could be understood. */
  noAnswer?: typeof unavailable;
};

type Answer = { status: number; json: unknown };

/** What a runner says of its own state and the caller cannot mend: for the caller it is a session changing hands. */
const NOT_THE_CALLERS: ReadonlySet<ErrorCode> = new Set([
  'UNAUTHORIZED',
  'METHOD_NOT_ALLOWED',
  'SESSION_NOT_FOUND',
  'INTERNAL',
]);

function unavailable(reason: string, cause?: unknown): AppError {
  return new AppError(
    'UNAVAILABLE',
    'The runner of this session cannot be reached; try again shortly.',
    { reason },
    { cause },
  );
}

/** For what must not simply be asked again. */
function inDoubt(reason: string, cause?: unknown): AppError {
  return new AppError(
    'UNAVAILABLE',
    'The runner of this session did not answer. The request may have been carried out all the same: check before you repeat it.',
    { reason, outcome: 'unknown' },
    { cause },
  );
}

/** A runner that holds the session under another epoch says so by a CONFLICT that names its own. */
const isStaleEpoch = ({ code, details }: Refusal): boolean =>
  code === 'CONFLICT' && typeof details?.epoch === 'number';

function toError(refusal: Refusal): AppError {
  const { code, message, details } = refusal;
  if (isStaleEpoch(refusal) || NOT_THE_CALLERS.has(code))
    return unavailable(code.toLowerCase(), new Error(`the runner answered ${code}: ${message}`));
  return new AppError(code, message, details);
}

/** The schemas of what commands answer, with each one's type. */
const OUTPUTS: { [Name in CommandName]: { output: z.ZodType<CommandOutput<Name>> } } = COMMANDS;

/** How long the runner may wait for something to come up, where the command has such a wait. */
const waitMsOf = (input: object): number =>
  'waitMs' in input && typeof input.waitMs === 'number' ? input.waitMs : 0;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Signed HTTP to runners: RFC 9421 with the boot as audience. A repeated try has the same command id and a new nonce, so
 * that the runner answers with the result it stored and does nothing twice.
 * `fly-force-instance-id` only routes: on Fly the runner's id is its machine's, elsewhere nobody reads it.
 */
export function createRunnerClient(
  env: Pick<EdgeEnv, 'EDGE_TO_RUNNER_KEYS'>,
  options: { fetch?: typeof fetch; deadline?: (ms: number) => AbortSignal } = {},
): RunnerClient {
  // Called through a closure: workerd's fetch refuses to be a method of another object.
  const send = options.fetch ?? ((request, init) => fetch(request, init));
  const deadlineIn = options.deadline ?? ((ms) => AbortSignal.timeout(ms));

  async function exchange(call: Call, commandId: string, deadline: AbortSignal): Promise<Answer> {
    const { address } = call;
    const request = await signRequest({
      method: 'POST',
      url: `${address.url.replace(/\/+$/, '')}${call.path}`,
      body: JSON.stringify(call.body),
      keys: env.EDGE_TO_RUNNER_KEYS,
      audience: `${address.runnerId}/${address.bootId}`,
      commandId,
      headers: {
        'fly-force-instance-id': address.runnerId,
        ...(call.traceparent !== undefined && { traceparent: call.traceparent }),
      },
      ...(call.session && { session: call.session.sessionId, epoch: call.session.epoch }),
    });
    const response = await send(request, { signal: deadline, redirect: 'manual' });
    return { status: response.status, json: parseJson(await response.text()) };
  }

  /** @returns the answer's JSON, when it is a 2xx */
  async function post(call: Call): Promise<unknown> {
    const commandId = newId('command');
    const deadline = deadlineIn(call.timeoutMs);
    const { noAnswer = unavailable } = call;
    for (let tried = 1; ; tried += 1) {
      try {
        const { status, json } = await exchange(call, commandId, deadline);
        if (status >= 200 && status < 300) return json;
        const refusal = Refusal.safeParse(json);
        throw refusal.success ? toError(refusal.data.error) : noAnswer(`status_${status}`);
      } catch (error) {
        if (error instanceof AppError) throw error;
        if (deadline.aborted) throw noAnswer('timeout', error);
        if (tried === MAX_TRIES) throw noAnswer('unreachable', error);
      }
    }
  }

  return {
    async wake(address) {
      await post({ address, path: '/v1/wake', body: {}, timeoutMs: WAKE_TIMEOUT_MS });
    },

    async doorbell(address, request, traceparent) {
      const json = await post({
        address,
        path: `/v1/sessions/${encodeURIComponent(address.sessionId)}/doorbell`,
        body: request,
        timeoutMs: (request.waitFor?.waitMs ?? 0) + DOORBELL_MARGIN_MS,
        session: address,
        traceparent,
      });
      const answer = DoorbellResponse.safeParse(json);
      if (!answer.success) throw unavailable('unknown_answer', answer.error);
      return answer.data;
    },

    async command<Name extends CommandName>(
      address: SessionAddress,
      name: Name,
      input: CommandInput<Name>,
      traceparent?: string,
    ): Promise<CommandOutput<Name>> {
      const { patienceMs, repeatable } = COMMANDS[name];
      const noAnswer = repeatable ? unavailable : inDoubt;
      const json = await post({
        address,
        path: `/v1/sessions/${encodeURIComponent(address.sessionId)}/commands/${name}`,
        body: input,
        timeoutMs: patienceMs + waitMsOf(input) + COMMAND_MARGIN_MS,
        session: address,
        traceparent,
        noAnswer,
      });
      const answer = CommandResponse.safeParse(json);
      if (!answer.success) throw noAnswer('unknown_answer', answer.error);
      if (!answer.data.ok) throw toError(answer.data.error);
      const output = OUTPUTS[name].output.safeParse(answer.data.result);
      if (!output.success) throw noAnswer('unknown_answer', output.error);
      return output.data;
    },
  };
}
