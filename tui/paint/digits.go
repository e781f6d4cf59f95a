package paint

import "drydock/themes"

// digits are the figures from 0 to 9 in three rows of half blocks.
var digits = [10][3]string{
	{"█▀█", "█ █", "▀▀▀"}, {"▀█ ", " █ ", "▀▀▀"}, {"▀▀█", "█▀▀", "▀▀▀"}, {"▀▀█", " ▀█", "▀▀▀"}, {"█ █", "▀▀█", "  ▀"},
	{"█▀▀", "▀▀█", "▀▀▀"}, {"█▀▀", "█▀█", "▀▀▀"}, {"▀▀█", "  █", "  ▀"}, {"█▀█", "█▀█", "▀▀▀"}, {"█▀█", "▀▀█", "▀▀▀"},
}

// Big draws a number from 0 to 100 three rows high.
func (k *Kit) Big(n int, style themes.Style) [3]*Line {
	n = max(0, min(n, 100))
	figures := []int{n}
	switch {
	case n == 100:
		figures = []int{1, 0, 0}
	case n >= 10:
		figures = []int{n / 10, n % 10}
	}
	var rows [3]*Line
	for row := range rows {
		rows[row] = k.Line()
		for i, f := range figures {
			if i > 0 {
				rows[row].Space(1)
			}
			rows[row].Add(style, digits[f][row])
		}
	}
	return rows
}
