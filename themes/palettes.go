package themes

// all is every theme. A theme for 16 colours names ANSI indexes, so that the
// terminal's own palette decides how they look.
var all = []Theme{
	{
		Name: "dark", Title: "drydock dark", Dark: true,
		Background: "#11151c", Text: "#d5dbe6", Muted: "#8d98a9", Faint: "#3d4757", Accent: "#6cb6ff", Selection: "#24344d",
		Key: "#e2c08d", Critical: "#ff6b6b", High: "#ffa057", Medium: "#e6c454", Low: "#7fb4ca", Good: "#6fcf97",
		Keyword: "#c69ae8", String: "#9ccf8a", Number: "#f0a878", Comment: "#7d8798",
	},
	{
		Name: "light", Title: "drydock light",
		Background: "#fbfbf9", Text: "#24292f", Muted: "#5b6570", Faint: "#c3c9d1", Accent: "#0a5bc4", Selection: "#d6e6fb",
		Key: "#835400", Critical: "#c01c28", High: "#a84300", Medium: "#7a5b00", Low: "#1b6a85", Good: "#17713a",
		Keyword: "#7c2fa8", String: "#1f6f2c", Number: "#9c3f00", Comment: "#68717b",
	},
	{
		Name: "high-contrast", Title: "High contrast, dark", Dark: true,
		Background: "#000000", Text: "#ffffff", Muted: "#d8d8d8", Faint: "#8f8f8f", Accent: "#5ad1ff", Selection: "#003d7a",
		Key: "#ffe14d", Critical: "#ff7a7a", High: "#ffb347", Medium: "#ffee66", Low: "#8fd8ff", Good: "#5cff8d",
		Keyword: "#ff9dff", String: "#9dff9d", Number: "#ffc48a", Comment: "#c8c8c8",
	},
	{
		Name: "high-contrast-light", Title: "High contrast, light",
		Background: "#ffffff", Text: "#000000", Muted: "#303030", Faint: "#767676", Accent: "#003a8c", Selection: "#bcd9ff",
		Key: "#5a3600", Critical: "#960012", High: "#7a2e00", Medium: "#574000", Low: "#004a63", Good: "#00521e",
		Keyword: "#5a0f80", String: "#0b5016", Number: "#702c00", Comment: "#404040",
	},
	{
		Name: "color-blind", Title: "Colour-blind safe, dark", Dark: true,
		Background: "#12151a", Text: "#e4e6ea", Muted: "#9aa3ad", Faint: "#434b55", Accent: "#56b4e9", Selection: "#1d3a55",
		Key: "#f0e442", Critical: "#ff8c42", High: "#e69f00", Medium: "#f0e442", Low: "#9fb8c8", Good: "#56b4e9",
		Keyword: "#cc9fc4", String: "#7fcfc0", Number: "#e6b85c", Comment: "#8b949e",
	},
	{
		Name: "ansi", Title: "The terminal's 16 colours", Dark: true,
		// Normal intensity reads on light and dark backgrounds alike; the selected row is reversed.
		Muted: "8", Faint: "8", Accent: "6", Key: "3", Critical: "1", High: "5", Medium: "3", Low: "6", Good: "2",
		Keyword: "5", String: "2", Number: "3", Comment: "8",
	},
	{Name: "mono", Title: "No colour", Dark: true},
	{
		Name: "catppuccin", Title: "Catppuccin Mocha", Dark: true,
		Background: "#1e1e2e", Text: "#cdd6f4", Muted: "#9399b2", Faint: "#45475a", Accent: "#89b4fa", Selection: "#3b3f5c",
		Key: "#f5e0dc", Critical: "#f38ba8", High: "#fab387", Medium: "#f9e2af", Low: "#89dceb", Good: "#a6e3a1",
		Keyword: "#cba6f7", String: "#a6e3a1", Number: "#fab387", Comment: "#9399b2",
	},
	{
		Name: "gruvbox", Title: "Gruvbox dark", Dark: true,
		Background: "#282828", Text: "#ebdbb2", Muted: "#a89984", Faint: "#504945", Accent: "#83a598", Selection: "#45503f",
		Key: "#fabd2f", Critical: "#fb6a55", High: "#fe8019", Medium: "#fabd2f", Low: "#8ec07c", Good: "#b8bb26",
		Keyword: "#fb6a55", String: "#b8bb26", Number: "#d3869b", Comment: "#a89984",
	},
	{
		Name: "nord", Title: "Nord", Dark: true,
		Background: "#2e3440", Text: "#e5e9f0", Muted: "#a3adbf", Faint: "#4c566a", Accent: "#88c0d0", Selection: "#434c5e",
		Key: "#ebcb8b", Critical: "#e2858d", High: "#dd9a80", Medium: "#ebcb8b", Low: "#8fbcbb", Good: "#a3be8c",
		Keyword: "#9db8d6", String: "#a3be8c", Number: "#c9a5c3", Comment: "#a3adbf",
	},
	{
		Name: "dracula", Title: "Dracula", Dark: true,
		Background: "#282a36", Text: "#f8f8f2", Muted: "#a9b0cc", Faint: "#565a76", Accent: "#bd93f9", Selection: "#44475a",
		Key: "#f1fa8c", Critical: "#ff7b7b", High: "#ffb86c", Medium: "#f1fa8c", Low: "#8be9fd", Good: "#50fa7b",
		Keyword: "#ff79c6", String: "#f1fa8c", Number: "#bd93f9", Comment: "#a9b0cc",
	},
	{
		Name: "solarized-light", Title: "Solarized light",
		Background: "#fdf6e3", Text: "#475b62", Muted: "#586e75", Faint: "#cfc8b2", Accent: "#1a6fb0", Selection: "#e3dcc4",
		Key: "#7d5c00", Critical: "#c4211f", High: "#b1420f", Medium: "#7d5c00", Low: "#1b736c", Good: "#566a00",
		Keyword: "#566a00", String: "#1b736c", Number: "#b02a70", Comment: "#5f6f70",
	},
}
