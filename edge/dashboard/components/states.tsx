import type { ReactElement, ReactNode } from 'react';
import { BASE_PATH } from '../api/base-path.ts';
import { ApiError, isSaidAt } from '../api/errors.ts';
import { t } from '../messages/en.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

/** Nothing here yet, and the one button that changes that. */
export const Empty = ({
  title,
  heading: Heading = 'h2',
  children,
  action,
}: {
  title: string;
  /** The first one, where it is all of a page. */
  heading?: 'h1' | 'h2';
  children?: ReactNode;
  action?: ReactNode;
}): ReactElement => (
  <div className="grid justify-items-center gap-2 rounded-lg border border-dashed px-6 py-14 text-center">
    <Heading className="text-lg font-semibold">{title}</Heading>
    {children !== undefined && <p className="max-w-md text-muted">{children}</p>}
    {action !== undefined && (
      <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>
    )}
  </div>
);

/** Before there is anything to show; the same stands in index.html, so that nothing flickers. */
export const Splash = (): ReactElement => (
  <main className="grid min-h-dvh place-items-center">
    <h1 className="sr-only">{t.common.product}</h1>
    <div role="status" aria-label={t.common.loading}>
      <img src={`${BASE_PATH}/docs-assets/icon.svg`} alt="" width={40} height={40} />
    </div>
  </main>
);

/** Rows to come, as high as they will be, so that nothing jumps. */
export const Loading = ({ rows = 4 }: { rows?: number }): ReactElement => (
  <div role="status" aria-label={t.common.loading} className="grid gap-px">
    {Array.from({ length: rows }, (_, index) => (
      <div key={index} className="flex h-12 items-center border-b">
        <div className="pulse-soft h-3 w-2/3 rounded-sm bg-raised" />
      </div>
    ))}
  </div>
);

const sentence = (error: unknown): string => {
  if (!(error instanceof ApiError)) return t.errors.unexpected;
  if (error.status === 0) return t.errors.offline;
  return error.message === '' ? t.errors.unexpected : error.message;
};

/** What went wrong, in the API's words, and its request id for a question to the operator. */
export function ErrorNote({
  error,
  message,
  onRetry,
}: {
  error: unknown;
  /** In place of the API's own words. */
  message?: string | undefined;
  onRetry?: () => void;
}): ReactElement {
  if (message === undefined && error instanceof ApiError && error.code === 'FORBIDDEN')
    return <NoPermission error={error} />;
  return (
    <div role="alert" className="flex items-start gap-3 rounded-md bg-bad-soft px-4 py-3 text-bad">
      <span className="mt-0.5">
        <Icon name="warning" />
      </span>
      <div className="grid gap-1">
        <p>{message ?? sentence(error)}</p>
        {error instanceof ApiError && error.requestId !== null && (
          <p className="font-mono text-xs break-all">
            {error.code} · {error.requestId}
          </p>
        )}
        {onRetry !== undefined && (
          <div className="mt-1">
            <Button onClick={onRetry}>{t.common.retry}</Button>
          </div>
        )}
      </div>
    </div>
  );
}

export const NoPermission = ({ error }: { error?: ApiError }): ReactElement => (
  <div role="alert" className="grid gap-1 rounded-md border bg-raised px-4 py-3">
    <p className="font-medium">{t.errors.noPermission}</p>
    <p className="text-muted">{error?.message ?? t.errors.askAnOwner}</p>
    {error !== undefined && <p className="text-muted">{t.errors.askAnOwner}</p>}
  </div>
);

/** What is wrong with a form, unless the fields that it shows say all of it. */
export function FormError({
  error,
  shown,
  message,
}: {
  error: unknown;
  shown: readonly string[];
  message?: string | undefined;
}): ReactElement | null {
  return error === null || isSaidAt(error, shown) ? null : (
    <ErrorNote error={error} message={message} />
  );
}
