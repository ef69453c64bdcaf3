import type { Rows } from '../row.ts';

/** The rows of a table with their names, for `describe.each`. */
export const rowsOf = <Table extends Rows>(table: Table) =>
  Object.entries(table) as {
    [Name in keyof Table & string]: [Name, Table[Name]];
  }[keyof Table & string][];
