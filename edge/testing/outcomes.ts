import { callOperation } from './battery.ts';
import { callersInTurn } from './callers-in-turn.ts';
import { failureIn } from './failure-in.ts';
import type { Harness, TestRequest } from './harness.ts';
import type { Listed } from './listed-operations.ts';
import { sideBySide } from './side-by-side.ts';
import { unknownIds } from './things.ts';

export type Outcome = { name: string; case: string; status: number; code: string };

/** An operation, what is special about the call, and the call. */
export type Case = readonly [listed: Listed, what: string, options: TestRequest];

export const UNAUTHORIZED = { status: 401, code: 'UNAUTHORIZED' };
export const FORBIDDEN = { status: 403, code: 'FORBIDDEN' };

/** The cases of each operation, with callers who take turns. */
export async function casesOf<Caller>(
  listed: Listed[],
  newCaller: () => Promise<Caller>,
  of: (one: Listed, caller: Caller, index: number) => readonly Case[],
): Promise<Case[]> {
  const nextCaller = callersInTurn(newCaller);
  const cases = listed.map(async (one, index) => of(one, await nextCaller(), index));
  return (await Promise.all(cases)).flat();
}

/** Calls operations with ids of nothing; `covered` has the names of those that it called. */
export function outcomesIn(harness: Harness) {
  const covered = new Set<string>();

  async function outcomeOf(...[{ operation, name }, what, options]: Case): Promise<Outcome> {
    covered.add(name);
    const response = await callOperation(harness, operation, unknownIds(), options);
    const { code } = failureIn(await response.json());
    return { name, case: what, status: response.status, code: String(code) };
  }

  /** What ended otherwise than all of the cases should. Refusals change nothing, so that they may run side by side. */
  async function otherOutcomes(
    cases: Case[],
    expected: Pick<Outcome, 'status' | 'code'>,
  ): Promise<Outcome[]> {
    if (cases.length === 0) throw new Error('there is nothing to try');
    const outcomes = await sideBySide(cases, (one) => outcomeOf(...one));
    return outcomes.filter(
      ({ status, code }) => status !== expected.status || code !== expected.code,
    );
  }

  return { covered, outcomeOf, otherOutcomes };
}
