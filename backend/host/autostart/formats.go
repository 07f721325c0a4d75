package autostart

import (
	"encoding/xml"
	"strings"
)

// desktopFile is the entry as a file of the Desktop Application Autostart Specification.
// https://specifications.freedesktop.org/autostart-spec/latest/
func desktopFile(e Entry) string {
	return "[Desktop Entry]\nType=Application\nName=" + escapeValue(e.Name) + "\nExec=" + execLine(e.Command) +
		"\nTerminal=false\nX-GNOME-Autostart-enabled=true\n"
}

// execLine is a command as the key Exec has it: each part in quotes, field codes and the quotes' own signs escaped, then the whole value
// once more as any value. https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html
func execLine(command []string) string {
	inQuotes := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`, `%`, `%%`)
	parts := make([]string, len(command))
	for i, part := range command {
		parts[i] = `"` + inQuotes.Replace(part) + `"`
	}
	return escapeValue(strings.Join(parts, " "))
}

func escapeValue(value string) string { return strings.ReplaceAll(value, `\`, `\\`) }

// desktopState reads such a file.
func desktopState(content string, e Entry) State {
	values := map[string]string{}
	inside := false
	for line := range strings.Lines(content) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			inside = line == "[Desktop Entry]"
			continue
		}
		if key, value, ok := strings.Cut(line, "="); ok && inside {
			values[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	switch {
	case values["Exec"] == "", values["Hidden"] == "true", values["X-GNOME-Autostart-enabled"] == "false":
		return Off
	case values["Exec"] != execLine(e.Command):
		return Other
	}
	return On
}

// commandLine is a command as Windows programs read theirs: parts with spaces in quotes, quotes escaped, and backslashes doubled before
// quotes. https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments
func commandLine(command []string) string {
	parts := make([]string, len(command))
	for i, part := range command {
		parts[i] = quoted(part)
	}
	return strings.Join(parts, " ")
}

func quoted(part string) string {
	var out strings.Builder
	out.WriteByte('"')
	slashes := 0
	for _, r := range part {
		switch r {
		case '\\':
			slashes++
			continue
		case '"':
			out.WriteString(strings.Repeat(`\`, 2*slashes+1))
		default:
			out.WriteString(strings.Repeat(`\`, slashes))
		}
		slashes = 0
		out.WriteRune(r)
	}
	out.WriteString(strings.Repeat(`\`, 2*slashes))
	out.WriteByte('"')
	return out.String()
}

// runState reads a value of the registry's key Run, and what people chose in the Task Manager: the first byte of `approved` is odd if they
// turned the entry off.
func runState(value string, approved []byte, e Entry) State {
	switch {
	case value == "", len(approved) > 0 && approved[0]%2 == 1:
		return Off
	case value != commandLine(e.Command):
		return Other
	}
	return On
}

// launchAgent is the entry as a property list of launchd.
func launchAgent(e Entry) string {
	var arguments strings.Builder
	for _, part := range e.Command {
		arguments.WriteString("\t\t<string>" + escapeXML(part) + "</string>\n")
	}
	return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>` + escapeXML(agentLabel(e)) + `</string>
	<key>ProgramArguments</key>
	<array>
` + arguments.String() + `	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>ProcessType</key>
	<string>Interactive</string>
</dict>
</plist>
`
}

func agentLabel(e Entry) string { return "app.waflow.desktop.start." + e.ID }

// agentState reads such a list.
func agentState(content string, e Entry) State {
	switch content {
	case "":
		return Off
	case launchAgent(e):
		return On
	}
	return Other
}

func escapeXML(text string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(text)) // a builder takes everything
	return out.String()
}
