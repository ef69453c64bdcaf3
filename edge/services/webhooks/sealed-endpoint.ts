import type { Services } from '../../context.ts';

type Sealer = Pick<Services, 'contentSeal'>;
type Of = { workspaceId: string };

/** Headers with their values sealed: they hold credentials of the receiver. */
export const sealHeaders = (
  { contentSeal }: Sealer,
  { workspaceId, headers }: Of & { headers: Readonly<Record<string, string>> },
): Record<string, string> => eachValue(headers, (value) => contentSeal.seal(workspaceId, value));

export const openHeaders = (
  { contentSeal }: Sealer,
  { workspaceId, headers }: Of & { headers: Readonly<Record<string, string>> },
): Record<string, string> => eachValue(headers, (value) => contentSeal.open(workspaceId, value));

/** @throws Error when one does not open: nothing may be sent that is signed with less */
export const openSecrets = (
  { contentSeal }: Sealer,
  { workspaceId, secrets }: Of & { secrets: readonly string[] },
): string[] =>
  secrets.map((sealed) => {
    const secret: unknown = contentSeal.open(workspaceId, sealed);
    if (typeof secret !== 'string') throw new Error('a secret of the endpoint does not open');
    return secret;
  });

const eachValue = (
  headers: Readonly<Record<string, string>>,
  made: (value: string) => string,
): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, made(value)]));
