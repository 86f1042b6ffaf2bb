_unstuck_completion() {
    local IFS=$'\n' line
    COMPREPLY=()
    for line in $(COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD _UNSTUCK_COMPLETE=bash_complete \
            "$1" 2>/dev/null </dev/null); do
        case $line in
            plain,*) COMPREPLY+=("${line#plain,}") ;;
            dir,*) compopt -o dirnames 2>/dev/null ;;
            file,*) compopt -o default 2>/dev/null ;;
        esac
    done
}
complete -o nosort -F _unstuck_completion unstuck 2>/dev/null || complete -F _unstuck_completion unstuck
