package frontend

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// Charts says with what frontends draw numbers.
var Charts = check.PerProject(check.Doc{
	ID:         "frontend/charts",
	Title:      "No charts",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      4,
	Why:        "Charts of a library come with axes, tooltips and legends that are tried and tested.",
	How:        "Draw with a library of charts.",
	Holds:      "Numbers are drawn as charts",
	References: []string{"https://recharts.org/en-US/", "https://airbnb.io/visx/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	used(p, s, []library{
		{"Recharts", []string{"recharts"}}, {"visx", []string{"@visx/"}}, {"Chart.js", []string{"chart.js", "react-chartjs-2", "vue-chartjs"}}, {"ECharts", []string{"echarts", "echarts-for-react", "vue-echarts"}},
		{"ApexCharts", []string{"apexcharts", "react-apexcharts"}}, {"Nivo", []string{"@nivo/"}}, {"Victory", []string{"victory"}}, {"D3", []string{"d3", "d3-shape"}}, {"Highcharts", []string{"highcharts"}},
		{"Tremor", []string{"@tremor/react"}}, {"Plotly", []string{"plotly.js", "react-plotly.js"}}, {"uPlot", []string{"uplot"}},
	})
})
