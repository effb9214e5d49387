// HTTP requests by route.

import { useQuery } from "@tanstack/react-query";
import { type Period, requestUsageQuery } from "@/api/analytics-service";
import type { RequestUsage } from "@/api/types";
import { type Column, DataTable } from "@/components/data-table";
import { formatCount, formatDuration } from "@/lib/format";
import { Report } from "./report";
import { texts } from "./texts";

const { requests } = texts;

const COLUMNS: Column<RequestUsage>[] = [
  {
    title: requests.route,
    cell: (row) => (
      <span className="font-mono text-tiny">
        <span className="text-muted">{row.method}</span> {row.route}
      </span>
    ),
  },
  { title: requests.service, cell: (row) => <span className="whitespace-nowrap">{row.service}</span> },
  { title: requests.requests, isNumber: true, cell: (row) => formatCount(row.requests) },
  { title: requests.errors, isNumber: true, cell: (row) => formatCount(row.errors) },
  { title: requests.p50, isNumber: true, cell: (row) => formatDuration(row.p50_duration_ms) },
  { title: requests.p95, isNumber: true, cell: (row) => formatDuration(row.p95_duration_ms) },
];

export function RequestsTable({ period }: { period: Period }) {
  const query = useQuery(requestUsageQuery(period));
  return (
    <Report
      id="requests"
      title={requests.title}
      lead={requests.lead}
      empty={requests.empty}
      failed={requests.failed}
      query={query}
    >
      {(rows) => (
        <DataTable
          caption={requests.title}
          columns={COLUMNS}
          rows={rows}
          keyOf={(row) => `${row.service} ${row.method} ${row.route}`}
          className="max-h-112"
        />
      )}
    </Report>
  );
}
