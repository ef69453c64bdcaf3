import type { EngineHost } from '../engine/port.ts';
import { foldersOfSessions, SessionFolder } from './session-folder.ts';

/**
 * Ends what an earlier runner left running on this data directory. No engine of this runner may be running.
 * @returns the sessions of which something was
 */
export async function reapStrayEngines(
  dataDir: string,
  hosts: Readonly<Record<string, EngineHost>>,
): Promise<string[]> {
  const sessions = new Map(
    foldersOfSessions(dataDir).map((id) => [new SessionFolder(dataDir, id).stateDir, id]),
  );
  const reaped: string[] = [];
  for (const host of Object.values(hosts)) reaped.push(...(await host.reap([...sessions.keys()])));
  return reaped.flatMap((stateDir) => sessions.get(stateDir) ?? []);
}
