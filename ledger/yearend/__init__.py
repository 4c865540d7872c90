"""The year's end: income and spending carried over, fund by fund, by the chart's rule."""
