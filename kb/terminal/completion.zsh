#compdef unstuck
_unstuck_completion() {
    local -a alone told response
    local kind name about
    response=("${(@f)$(COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _UNSTUCK_COMPLETE=zsh_complete \
        ${words[1]} 2>/dev/null </dev/null)}")
    for kind name about in ${response}; do
        case $kind in
            plain) if [[ $about == _ ]]; then alone+=("$name"); else told+=("$name:$about"); fi ;;
            dir) _path_files -/ ;;
            file) _path_files -f ;;
        esac
    done
    (( ${#told} )) && _describe -V unsorted told -U
    (( ${#alone} )) && compadd -U -V unsorted -a alone
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _unstuck_completion "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _unstuck_completion unstuck
fi
