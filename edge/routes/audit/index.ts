import type { App } from '../../http/app.ts';
import { exportAudit } from './export-audit.ts';
import { listAudit } from './list-audit.ts';

export function registerAudit(app: App): void {
  listAudit(app);
  exportAudit(app);
}
