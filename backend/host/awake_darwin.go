package host

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// answerWithin is how long a tool of the system may take.
const answerWithin = 10 * time.Second

// onMains asks the tool that macOS has for it.
func onMains() (bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), answerWithin)
	defer cancel()
	answer, err := exec.CommandContext(ctx, "/usr/bin/pmset", "-g", "ps").Output()
	return bytes.Contains(answer, []byte("'AC Power'")), err
}

// stayAwake has macOS's own tool keep the computer awake. It ends with this process, whatever becomes of it.
func stayAwake() (func(), error) {
	tool := exec.Command("/usr/bin/caffeinate", "-s", "-w", strconv.Itoa(os.Getpid()))
	if err := tool.Start(); err != nil {
		return nil, err
	}
	return func() {
		_ = tool.Process.Kill()
		_ = tool.Wait()
	}, nil
}
