// The marks of the chart: bars for amounts, a line with gaps for latencies.

import { useId } from "react";
import { classNames } from "@/lib/class-names";
import type { Geometry } from "./chart-geometry";

type Marks = { values: (number | null)[]; at: Geometry; active: number | null };

export function ChartShape({ shape, ...marks }: Marks & { shape: "bars" | "line" }) {
  return shape === "bars" ? <Bars {...marks} /> : <Line {...marks} />;
}

function Bars({ values, at, active }: Marks) {
  const gradient = useId();
  const width = at.barWidth;
  const radius = Math.min(4, width / 2);
  return (
    <>
      <defs>
        <linearGradient id={gradient} x1="0" y1="0" x2="0" y2={at.baseline} gradientUnits="userSpaceOnUse">
          <stop stopColor="#8b3df0" />
          <stop offset="1" stopColor="#5b52ee" />
        </linearGradient>
      </defs>
      {values.map((value, index) => {
        if (!value) return null;
        const height = Math.max(2, at.baseline - at.y(value));
        return (
          <path
            // biome-ignore lint/suspicious/noArrayIndexKey: an interval is its place in the series.
            key={index}
            d={roundedBar(at.x(index) - width / 2, at.baseline - height, { width, height, radius })}
            fill={`url(#${gradient})`}
            className={classNames(
              "transition-opacity duration-(--quick)",
              active !== null && active !== index && "opacity-45",
            )}
          />
        );
      })}
    </>
  );
}

function Line({ values, at, active }: Marks) {
  const activeValue = active === null ? null : values[active];
  return (
    <>
      {active !== null && (
        <line
          x1={at.x(active)}
          x2={at.x(active)}
          y1={8}
          y2={at.baseline}
          className="stroke-accent-line"
          strokeDasharray="3 3"
        />
      )}
      {runsOf(values).map((run) => (
        <polyline
          key={run[0]?.index}
          points={run.map(({ index, value }) => `${at.x(index)},${at.y(value)}`).join(" ")}
          className="fill-none stroke-accent"
          strokeWidth="2"
          strokeLinejoin="round"
          strokeLinecap="round"
        />
      ))}
      {runsOf(values)
        .filter((run) => run.length === 1)
        .map(
          ([only]) =>
            only && (
              <circle
                key={only.index}
                cx={at.x(only.index)}
                cy={at.y(only.value)}
                r="3"
                className="fill-accent"
              />
            ),
        )}
      {active !== null && activeValue !== null && activeValue !== undefined && (
        <circle
          cx={at.x(active)}
          cy={at.y(activeValue)}
          r="4.5"
          className="fill-accent stroke-surface"
          strokeWidth="2"
        />
      )}
    </>
  );
}

type Mark = { index: number; value: number };

/** The line is broken where there is no value: nothing was measured there, which is not zero. */
function runsOf(values: (number | null)[]): Mark[][] {
  const runs: Mark[][] = [];
  values.forEach((value, index) => {
    if (value === null) return;
    const isContinued = index > 0 && values[index - 1] !== null;
    if (isContinued) runs.at(-1)?.push({ index, value });
    else runs.push([{ index, value }]);
  });
  return runs;
}

function roundedBar(x: number, y: number, size: { width: number; height: number; radius: number }): string {
  const radius = Math.min(size.radius, size.height);
  const right = x + size.width;
  const bottom = y + size.height;
  return `M${x},${bottom}V${y + radius}Q${x},${y} ${x + radius},${y}H${right - radius}Q${right},${y} ${right},${y + radius}V${bottom}Z`;
}
