import type { z } from 'zod';

/**
 * What a session must be for a command: `online`, linked and connected; `page`, an engine runs; `nothing`, some runner has the
 * session and the engine may be down.
 */
export type Needs = 'online' | 'page' | 'nothing';

/** What is asked of a session by name: the whole contract of one command. A failure is an error code of the shared table. */
export type CommandRow<In extends z.ZodType = z.ZodType, Out extends z.ZodType = z.ZodType> = {
  input: In;
  output: Out;
  /** How long the answer may take, in milliseconds; on top of `waitMs` where the input has one. */
  patienceMs: number;
  needs: Needs;
  /** Asked twice, it does no more than asked once. Whoever gets no answer to one that is not must look first. */
  repeatable: boolean;
  /** For documentation, tests and the fake engine. */
  example: { input: z.input<In>; output: z.output<Out> };
};

/** A row as it is written, checked against its own schemas. */
export const row = <In extends z.ZodType, Out extends z.ZodType>(
  of: CommandRow<In, Out>,
): CommandRow<In, Out> => of;

export type Rows = Readonly<Record<string, CommandRow>>;
export type RowInput<Table extends Rows, Name extends keyof Table> = z.output<Table[Name]['input']>;
export type RowOutput<Table extends Rows, Name extends keyof Table> = z.output<
  Table[Name]['output']
>;
