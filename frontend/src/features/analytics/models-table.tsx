// Usage by model.

import { useQuery } from "@tanstack/react-query";
import { modelUsageQuery, type Period } from "@/api/analytics-service";
import type { ModelUsage } from "@/api/types";
import { type Column, DataTable } from "@/components/data-table";
import { costFormat, formatCount, formatDuration, formatShare } from "@/lib/format";
import { Report } from "./report";
import { texts } from "./texts";

const { models } = texts;

function columnsOf(rows: ModelUsage[]): Column<ModelUsage>[] {
  const formatCost = costFormat(rows.map((row) => row.cost_micro_usd));
  return [
    {
      title: models.model,
      cell: (row) => (
        <span className="whitespace-nowrap">
          <span className="font-medium">{row.model}</span> <span className="text-muted">{row.provider}</span>
        </span>
      ),
    },
    { title: models.turns, isNumber: true, cell: (row) => formatCount(row.turns) },
    { title: models.input, isNumber: true, cell: (row) => formatCount(row.input_tokens) },
    { title: models.output, isNumber: true, cell: (row) => formatCount(row.output_tokens) },
    { title: models.cost, isNumber: true, cell: (row) => formatCost(row.cost_micro_usd) },
    { title: models.errors, isNumber: true, cell: (row) => formatShare(row.error_rate) },
    { title: models.p95, isNumber: true, cell: (row) => formatDuration(row.p95_response_time) },
  ];
}

export function ModelsTable({ period }: { period: Period }) {
  const query = useQuery(modelUsageQuery(period));
  return (
    <Report
      id="models"
      title={models.title}
      lead={models.lead}
      empty={models.empty}
      failed={models.failed}
      query={query}
    >
      {(rows) => (
        <DataTable
          caption={models.title}
          columns={columnsOf(rows)}
          rows={rows}
          keyOf={(row) => `${row.provider}/${row.model}`}
        />
      )}
    </Report>
  );
}
