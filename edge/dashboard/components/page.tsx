import type { ReactElement, ReactNode } from 'react';

/** The head of a screen: what it is, and what can be done here. */
export const Page = ({
  title,
  lead,
  actions,
  children,
}: {
  title: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}): ReactElement => (
  <div className="mx-auto grid w-full max-w-6xl grid-cols-[minmax(0,1fr)] gap-6 px-4 py-6 sm:px-8 sm:py-8">
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="grid min-w-0 flex-1 basis-52 gap-1">
        <h1 className="flex min-w-0 flex-wrap items-center gap-3 text-xl font-semibold tracking-tight">
          {title}
        </h1>
        {lead !== undefined && <div className="text-muted">{lead}</div>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
    {children}
  </div>
);

export const Card = ({
  title,
  actions,
  children,
}: {
  title?: string;
  actions?: ReactNode;
  children: ReactNode;
}): ReactElement => (
  <section className="min-w-0 rounded-lg border bg-surface" aria-label={title}>
    {title !== undefined && (
      <header className="flex min-h-12 items-center justify-between gap-4 border-b px-5 py-2">
        <h2 className="font-semibold">{title}</h2>
        {actions}
      </header>
    )}
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4 p-5">{children}</div>
  </section>
);
