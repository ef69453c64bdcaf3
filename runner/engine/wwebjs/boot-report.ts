import type { EngineIdentity } from '../port.ts';
import { withDeadline } from '../../deadline.ts';
import type { LibraryClient, LibraryPage } from './library.ts';
import { resolveMe } from './page/people.ts';
import { readState } from './page/state.ts';
import { missingSurface, patchOutcomes } from './surface-check.ts';

const CALL_MS = 10_000;

/** Who the page says we are, and which build of WhatsApp Web it is. */
export async function readIdentity(
  client: LibraryClient,
  page: LibraryPage,
): Promise<{ me: EngineIdentity; webVersion: string | null }> {
  const { version } = await withDeadline(page.evaluate(readState), CALL_MS, 'reading the version');
  const ids = await withDeadline(page.evaluate(resolveMe), CALL_MS, 'reading who we are');
  const id = ids.phone ?? client.info.wid._serialized;
  const me = {
    phoneNumber: /^\d+/.exec(id)?.[0] ?? '',
    lid: ids.lid,
    displayName: client.info.pushname ?? null,
  };
  return { me, webVersion: version };
}

/** What this build lacks of what we use, and what our patches came to on it. */
export async function readSurface(
  page: LibraryPage,
  nodePatches: Readonly<Record<string, string>>,
): Promise<{ missing: string[]; patches: Record<string, string> }> {
  const missing = await missingSurface(page);
  return { missing, patches: { ...nodePatches, ...(await patchOutcomes(page)) } };
}
