// A table of records: real table markup, numbers aligned, scrolling sideways inside itself on a narrow screen.

import type { ReactNode } from "react";
import { classNames } from "@/lib/class-names";
import { ScrollRegion } from "./scroll-region";

export type Column<Row> = { title: string; cell: (row: Row) => ReactNode; isNumber?: boolean };

export function DataTable<Row>({
  caption,
  columns,
  rows,
  keyOf,
  className,
}: {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  keyOf: (row: Row) => string;
  className?: string;
}) {
  return (
    <ScrollRegion
      label={`${caption} table`}
      className={classNames("thin-scrollbar -mx-2 overflow-auto px-2", className)}
    >
      <table className="w-full border-separate border-spacing-0 text-small">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.title}
                scope="col"
                className={classNames(
                  "sticky top-0 border-b border-line bg-surface px-3 py-2.5 font-medium whitespace-nowrap text-muted first:ps-0 last:pe-0",
                  column.isNumber ? "text-end" : "text-start",
                )}
              >
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className="[&:last-child>td]:border-b-0">
              {columns.map((column) => (
                <td
                  key={column.title}
                  className={classNames(
                    "border-b border-line px-3 py-2.5 first:ps-0 last:pe-0",
                    column.isNumber && "text-end whitespace-nowrap tabular-nums",
                  )}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
