import { createMiddleware } from 'hono/factory';
import type { AppEnv } from '../context.ts';
import type { System } from './alias.ts';

/** Finds the system that an address belongs to, by its first two parts, or else its first one. Pure. */
export function systemAt(
  systems: readonly Pick<System, 'owns' | 'dialect'>[],
): (path: string) => Pick<System, 'dialect'> | undefined {
  const owners = new Map(
    systems.flatMap((system) => system.owns.map((start) => [start as string, system] as const)),
  );
  return (path) => {
    const [, first = '', second = ''] = path.split('/', 3);
    return owners.get(`/${first}/${second}`) ?? owners.get(`/${first}`);
  };
}

/** Lets whatever refuses the request do so in the envelope and the words of the system that the caller knows. */
export const speakDialect = (systems: readonly System[]) => {
  const find = systemAt(systems);
  return createMiddleware<AppEnv>(async (c, next) => {
    c.set('dialect', find(c.req.path)?.dialect ?? undefined);
    await next();
  });
};
