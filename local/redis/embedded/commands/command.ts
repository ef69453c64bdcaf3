import type { Reply } from '../../reply.ts';
import type { Keyspace } from '../keyspace.ts';

export type Command = {
  /** Fewest and most arguments after the name; no most means any number. */
  args: [fewest: number, most?: number];
  /** Goes into the journal. Must do the same again when it is replayed at the same time. */
  write: boolean;
  run: (keyspace: Keyspace, args: string[]) => Reply;
};

export type Commands = Record<string, Command>;

export const read = (args: Command['args'], run: Command['run']): Command => ({
  args,
  write: false,
  run,
});

export const write = (args: Command['args'], run: Command['run']): Command => ({
  args,
  write: true,
  run,
});
