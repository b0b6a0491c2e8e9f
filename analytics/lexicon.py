"""Word lists: what stop-word lists take away and people need, and what thanks and nods are made of."""

# Listed as stop words for English by stopwordsiso although people find themes on them.
KEPT = """
act bill buy buying car city computer computers cry fire fix free group groups home homes information
interest interests member members mill money net number numbers old older page pages problem problems public
research room rooms school site sites state states system systems test tests web website websites work
worked working works world young younger
"""

# The English stop words of two letters; all other pairs of letters (AI, HR, VR, Qt) may be themes.
PAIRS = """
ad ag ah al am an as at be by co de do ed eg eh er et ex go he hi ie if im in is it je la le ll me mr ms my
na no nt of oh ok on or re so th to uh um un up us ve vs we ye
"""

# Said about everything.
EVERYWHERE = """
also can cannot could did does doing don done etc get gets getting got like lot lots may might much must need
needs really should thing things think want wants will would
"""

# Words when written in capitals.
ACRONYMS = "IT US WHO"

# Thanks, praise and nods: counted in volume, kept out of themes.
NODS = """
thanks thank thx ty cheers great nice awesome cool lovely excellent brilliant amazing agree agreed agrees yes
yeah yep nope ok okay hello hey welcome congrats congratulations indeed absolutely exactly totally wow lol
haha bump danke super toll genau stimme zustimmung hallo gracias genial excelente acuerdo hola merci bravo
bonjour accord grazie ottimo obrigado obrigada ótimo dank goed prima bedankt dzięki 谢谢 赞 支持 同意
ありがとう 감사합니다
"""
FILLERS = """
good love definitely well said point idea ideas comment comments reply post sharing share feedback interesting
please sorry test testing everyone folks team job work vielen gut ja nein idee muchas bueno buena totalmente
beaucoup oui non idée bonne très
"""
