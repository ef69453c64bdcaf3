import type { z } from 'zod';

/**
 * What a command needs. `online`: the session is linked and connected. `page`: its engine runs. `nothing`: a runner has the
 * session, with or without an engine.
 */
export type Needs = 'online' | 'page' | 'nothing';

/** The whole contract of one command to a session. A failure is an error code of the shared table. */
export type CommandRow<In extends z.ZodType = z.ZodType, Out extends z.ZodType = z.ZodType> = {
  input: In;
  output: Out;
  /** How long the answer may take, in milliseconds, in addition to the input's `waitMs` if it has one. */
  patienceMs: number;
  needs: Needs;
  /** Whether sending it twice does no more than sending it once. If not, and no answer came, check before sending it again. */
  repeatable: boolean;
  /** For documentation, tests and the fake engine. */
  example: { input: z.input<In>; output: z.output<Out> };
};

/** Makes a row; its example must fit its schemas. */
export const row = <In extends z.ZodType, Out extends z.ZodType>(
  of: CommandRow<In, Out>,
): CommandRow<In, Out> => of;

export type Rows = Readonly<Record<string, CommandRow>>;
export type RowInput<Table extends Rows, Name extends keyof Table> = z.output<Table[Name]['input']>;
export type RowOutput<Table extends Rows, Name extends keyof Table> = z.output<
  Table[Name]['output']
>;
