import type { Fleet } from './port.ts';

/**
 * Runners that people start and stop. They make themselves known by their heartbeats; `urls` (RUNNER_URLS) names those that
 * should be there, so that a missing one is noticed.
 */
export function createStaticFleet(): Fleet {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new Error('a static fleet is changed by hand; set FLEET=fly for one that is not'),
    );
  return {
    scaling: null,
    list: () => Promise.resolve([]),
    create: refuse,
    start: refuse,
    stop: refuse,
    destroy: refuse,
  };
}

/** Of the runners that RUNNER_URLS names, those nobody has heard of lately. */
export const missingRunners = (urls: readonly string[], heard: readonly string[]): string[] => {
  const known = new Set(heard.map(originOf));
  return urls.filter((url) => !known.has(originOf(url)));
};

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url);
