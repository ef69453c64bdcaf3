import { RedisError } from '../../reply.ts';
import type { Command, Commands } from './command.ts';
import { keyCommands } from './keys.ts';
import { stringCommands } from './strings.ts';

const COMMANDS: Commands = {
  ...stringCommands,
  ...keyCommands,
};

/** @throws RedisError for a command this store does not know. */
export function commandNamed(name: string): Command {
  const upper = name.toUpperCase();
  const command = Object.hasOwn(COMMANDS, upper) ? COMMANDS[upper] : undefined;
  if (command === undefined) throw new RedisError(`ERR unknown command '${name}'`);
  return command;
}

/** @throws RedisError */
export function checkArity(name: string, [fewest, most]: Command['args'], count: number): void {
  if (count >= fewest && (most === undefined || count <= most)) return;
  throw new RedisError(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
}
