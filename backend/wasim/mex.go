package wasim

import (
	"encoding/json"

	waBinary "go.mau.fi/whatsmeow/binary"
)

// Newer parts of the service are asked with GraphQL inside an iq:
//
//	→ <iq xmlns="w:mex" type="get"><query query_id="9152604461510864">{"variables":{…}}</query></iq>
//	← <result>{"data":{…}}</result>, or <result>{"data":null,"errors":[{"message","extensions":{"error_code"}}]}</result>
//	← <notification type="mex" from="s.whatsapp.net" t><update op_name="…">{"data":{…}}</update></notification>
//
// A query is known by its number, which the clients have built in. Channels (newsletters) do not exist here: nobody
// follows one, and every one that is asked for is not found. Nor are there bots, which are listed under a namespace of their own.
const (
	mexSetAbout        = "9152604461510864"
	mexReachout        = "23983697327930364"
	mexCapping         = "24503548349331633"
	mexSubscribed      = "6388546374527196"
	mexSubscribedOther = "8621797084555037" // the same of the desktop application
)

// mexError is the failure of a query, as GraphQL has it.
type mexError struct {
	Message    string   `json:"message"`
	Path       []string `json:"path"`
	Extensions struct {
		Code      int    `json:"error_code"`
		Retryable bool   `json:"is_retryable"`
		Severity  string `json:"severity"`
	} `json:"extensions"`
}

// mexAnswer is what a query is answered with.
type mexAnswer struct {
	Data   any        `json:"data"`
	Errors []mexError `json:"errors,omitempty"`
}

func mexFailure(code int, message string) mexAnswer {
	failure := mexError{Message: message, Path: []string{}}
	failure.Extensions.Code, failure.Extensions.Severity = code, "CRITICAL"
	return mexAnswer{Errors: []mexError{failure}}
}

func (s *Server) iqMex(d *device, node *waBinary.Node) *waBinary.Node {
	query, ok := node.GetOptionalChildByTag("query")
	if !ok {
		return iqError(node, 400, "bad-request")
	}
	var request struct {
		Variables struct {
			Input struct {
				Text *string `json:"text"`
			} `json:"input"`
		} `json:"variables"`
	}
	if err := json.Unmarshal(content(query), &request); err != nil {
		return iqError(node, 400, "bad-request")
	}
	var answer mexAnswer
	switch attrString(&query, "query_id") {
	case mexSetAbout:
		text := request.Variables.Input.Text
		if text == nil || len(*text) > maxAbout {
			answer = mexFailure(400, "Bad Request")
			break
		}
		s.setAbout(d, *text)
		answer.Data = map[string]any{"xwa2_update_text_status": map[string]any{"result": "SUCCESS"}}
	case mexReachout:
		answer.Data = map[string]any{"xwa2_fetch_account_reachout_timelock": d.account.currentTimeLock().news()}
	case mexCapping:
		answer.Data = map[string]any{"xwa2_message_capping_info": map[string]any{"capping_status": "NONE"}}
	case mexSubscribed, mexSubscribedOther:
		answer.Data = map[string]any{"xwa2_newsletter_subscribed": []any{}}
	default:
		answer = mexFailure(404, "Not Found")
	}
	raw, err := json.Marshal(answer)
	if err != nil {
		return iqError(node, 500, "internal-server-error")
	}
	return iqResult(node, data("result", raw))
}

// iqBots lists the bots of the service: none.
func (s *Server) iqBots(_ *device, node *waBinary.Node) *waBinary.Node {
	return iqResult(node, element("bot", attrs{"v": "2"}, element("section", attrs{"type": "all"})))
}
