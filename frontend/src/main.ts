import "@fontsource-variable/inter";
import "./styles/tokens.css";
import "./styles/base.css";
