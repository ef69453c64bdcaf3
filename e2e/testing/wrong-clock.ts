import childProcess from 'node:child_process';
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Preloaded (`node --import wrong-clock.ts?file=…`): this process's wall clock is wrong by as many milliseconds as the file
 * says at the moment, and so are those of all Node processes that it starts. Monotonic time is left alone, as a wrong
 * wall clock leaves it.
 */
const self = new URL(import.meta.url);
const file = fileURLToPath(new URL(self.searchParams.get('file') ?? '', 'file:///'));
const LOOK_EVERY_MS = 50;

const realNow = Date.now.bind(Date);
let offMs = 0;
const read = (): void => {
  offMs = Number(readFileSync(file, 'utf8'));
};
read();
setInterval(read, LOOK_EVERY_MS).unref();
const wrongNow = (): number => realNow() + offMs;

globalThis.Date = new Proxy(Date, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [wrongNow()] : args, newTarget),
  get: (target, name) => (name === 'now' ? wrongNow : Reflect.get(target, name)),
});

// Neither the supervisor nor a session's process inherits an environment.
const preload = { NODE_OPTIONS: `--import=${self.href}` };
const alsoPreloaded = <Start extends (...args: never[]) => unknown>(start: Start): Start =>
  new Proxy(start, {
    apply: (target, self, args: unknown[]) =>
      Reflect.apply(
        target,
        self,
        args.map((arg) =>
          hasEnvironment(arg) ? { ...arg, env: { ...arg.env, ...preload } } : arg,
        ),
      ),
  });
childProcess.spawn = alsoPreloaded(childProcess.spawn);
childProcess.fork = alsoPreloaded(childProcess.fork);
syncBuiltinESMExports();

function hasEnvironment(arg: unknown): arg is { env: object } {
  return (
    typeof arg === 'object' &&
    arg !== null &&
    'env' in arg &&
    typeof arg.env === 'object' &&
    arg.env !== null
  );
}
