import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Button, buttonClass } from '../components/button.tsx';
import { Empty } from '../components/states.tsx';
import { t } from '../messages/en.ts';

export const NotFound = (): ReactElement => (
  <main className="mx-auto max-w-xl px-4 py-20">
    <Empty
      heading="h1"
      title={t.errors.notFound}
      action={
        <Link to="/" className={buttonClass('primary')}>
          {t.errors.home}
        </Link>
      }
    >
      {t.errors.notFoundLead}
    </Empty>
  </main>
);

/** Also where a part of an older build is gone: the page loads the newer one. */
export const Crashed = ({ error }: { error: unknown }): ReactElement => (
  <main className="mx-auto max-w-xl px-4 py-20">
    <Empty
      heading="h1"
      title={t.errors.crashed}
      action={
        <Button look="primary" onClick={() => window.location.reload()}>
          {t.errors.reload}
        </Button>
      }
    >
      {error instanceof Error ? error.message : t.errors.unexpected}
    </Empty>
  </main>
);
