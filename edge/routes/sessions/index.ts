import type { App } from '../../http/app.ts';
import { createSession } from './create-session.ts';
import { deleteSession } from './delete-session.ts';
import { getSession } from './get-session.ts';
import { getSessionQr } from './get-session-qr.ts';
import { getSessionScreenshot } from './get-session-screenshot.ts';
import { getSessionStatus } from './get-session-status.ts';
import { listSessions } from './list-sessions.ts';
import { startSession } from './start-session.ts';
import { stopSession } from './stop-session.ts';

export function registerSessions(app: App): void {
  createSession(app);
  listSessions(app);
  getSession(app);
  deleteSession(app);
  getSessionStatus(app);
  getSessionQr(app);
  getSessionScreenshot(app);
  startSession(app);
  stopSession(app);
}
