import type { ReactElement, ReactNode } from 'react';
import { BASE_PATH } from '../../api/base-path.ts';
import { t } from '../../messages/en.ts';

/** One column in the middle of an empty page. */
export const AccountFrame = ({
  title,
  lead,
  children,
  below,
}: {
  title: string;
  lead?: string | undefined;
  children: ReactNode;
  below?: ReactNode;
}): ReactElement => (
  <div className="grid min-h-dvh place-items-center px-4 py-10">
    <main className="grid w-full max-w-sm gap-6">
      <img
        src={`${BASE_PATH}/docs-assets/icon.svg`}
        alt={t.common.product}
        width={36}
        height={36}
      />
      <div className="grid gap-1">
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        {lead !== undefined && <p className="text-muted">{lead}</p>}
      </div>
      {children}
      {below !== undefined && <div className="border-t pt-4 text-muted">{below}</div>}
    </main>
  </div>
);

export const Note = ({ children }: { children: string }): ReactElement => (
  <p role="status" className="rounded-md bg-good-soft px-4 py-3 text-good">
    {children}
  </p>
);
